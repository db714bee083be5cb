"""The second step of signing in: who has one, who needs one, and how it is reset."""

from typing import Any

import structlog
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import sign_out_everywhere

SET_UP_KEY = "second_step_set_up"
# On the request: the code by which an app is being set up.
SET_UP_CODE = "second_step_set_up_code"
# How many used codes are remembered. A code is valid for three periods of half a minute, so only
# the last few could be used again at any time.
KEPT_CODES = 10

log = structlog.get_logger("weightwise.accounts")


def remember_set_up(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A receiver: the session in which a second step is set up need not sign in again."""
    if request.user == user:
        request.session[SET_UP_KEY] = user.pk


def is_needed(user: object) -> bool:
    """Whether this person needs a second step for the authoring pages."""
    return settings.STAFF_NEED_SECOND_STEP and isinstance(user, User) and user.is_staff


def is_missing(request: HttpRequest) -> bool:
    """Whether this session must not open the authoring pages yet.

    They require that the account has a second step and that this session has taken it: a session
    begun with a stolen password, before the owner set the second step up, stays out.
    """
    if not is_needed(request.user):
        return False
    return not (_was_taken(request) and _is_set_up(request))


def _was_taken(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    if any(record.get("method") == "mfa" for record in records):
        return True
    return bool(request.session.get(SET_UP_KEY) == request.user.pk)


def _is_set_up(request: HttpRequest) -> bool:
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=request.user, type__in=kinds).exists())


def spend(authenticator: Authenticator, code: str) -> bool:
    """Marks an app's code as used; False when it was used before.

    Kept with the account, not in a cache: if a cache is away or was emptied, somebody who has
    looked over a shoulder could use a code again.
    """
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        used = held.data.get("used", [])
        if code in used:
            return False
        held.data["used"] = [*used, code][-KEPT_CODES:]
        held.save(update_fields=["data"])
    authenticator.data = held.data
    return True


def begin_spent(sender: object, instance: Authenticator, **kwargs: Any) -> None:
    """A receiver: an app begins with the code that set it up as used.

    The row must never be seen without it: anyone who looked over the shoulder may be quick.
    """
    code: str | None = getattr(context.request, SET_UP_CODE, None)
    if code and instance._state.adding and instance.type == Authenticator.Type.TOTP:
        instance.data["used"] = [code]


def only_digits(code: str) -> str:
    """The code without the spaces that apps show in it."""
    return "".join(filter(str.isdigit, code))


def reset(user: User, *, by: str) -> int:
    """Removes every second step of an account whose owner lost the device; how many there were.

    The lost device may be signed in, so it is signed out along with every other, or nothing is
    done. Where there was no second step, nothing is.
    """
    with transaction.atomic():
        removed: int = Authenticator.objects.filter(user=user).delete()[0]
        if not removed:
            return 0
        sign_out_everywhere(user)
    log.warning("second_step_reset", user=user.get_username(), by=by, removed=removed)
    return removed
