"""A guest's work is offered to the account that signs in there, and waits for an answer.

The browser's session may end before they give one: they sign out, close the browser, or are idle.
The guest is kept for the account, then, which is asked again at its next sign-in, anywhere; and
nobody else at that browser is.
"""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.learners import SESSION_KEY
from accounts.models import Learner, User

# What a form about a guest's work names the guest by whom its page showed.
SHOWN = "guest"
SETTLED = "That guest’s work has been moved or removed already. Nothing more was done."


def offered_to(user: User) -> QuerySet[Learner]:
    """The guests whose work this account has not answered for, the latest first."""
    return Learner.objects.filter(offered_to=user, user=None).order_by("-seen_at", "pk")


def waiting_for(request: HttpRequest) -> QuerySet[Learner]:
    """The guests whose work the signed-in person may take over: this browser's, and others."""
    if not isinstance(request.user, User):
        return Learner.objects.none()
    here = Q(pk=request.session.get(SESSION_KEY))
    return Learner.objects.filter(here | Q(offered_to=request.user), user=None)


def keys_waiting(request: HttpRequest) -> set[str]:
    return {str(key) for key in waiting_for(request).values_list("pk", flat=True)}


def is_settled(request: HttpRequest) -> bool:
    """Whether the guest whom the form names waits no more: it was sent twice, or from two tabs."""
    shown = request.POST.get(SHOWN)
    return shown is not None and shown not in keys_waiting(request)


def is_about_another(request: HttpRequest) -> bool:
    """Whether the form's page may have shown another guest than this browser asks about now.

    An older page names none; it can mean only one guest if only one waits.
    """
    shown = request.POST.get(SHOWN)
    if shown is None:
        return len(keys_waiting(request)) > 1
    return shown != request.session.get(SESSION_KEY)


def ask_about(request: HttpRequest, guest: UUID) -> None:
    """This browser asks about this one of them next; the one it asked about still waits."""
    if request.session.get(SESSION_KEY) != str(guest):
        request.session[SESSION_KEY] = str(guest)


def keep_offer(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A receiver of sign-ins: the guest of this browser waits for this account from now on."""
    guest = request.session.get(SESSION_KEY)
    if guest is None or not _offer(guest, user):
        _take_next(request, user)


def answered(request: HttpRequest, user: User) -> None:
    """What this browser's guest did is moved or removed; the account may be asked about another."""
    request.session.pop(SESSION_KEY, None)
    _take_next(request, user)


def _offer(guest: str, user: User) -> bool:
    """False if there is no such guest any more."""
    return Learner.objects.filter(pk=guest, user=None).update(offered_to=user) == 1


def _take_next(request: HttpRequest, user: User) -> None:
    waiting = offered_to(user).values_list("pk", flat=True).first()
    if waiting is not None:
        request.session[SESSION_KEY] = str(waiting)
