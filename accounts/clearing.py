"""Removes idle guests and expired sessions, and ends the sessions of deleted accounts and guests.

docs/operations.md has the schedule. Portions are small: somebody who answers a question meanwhile
waits for one of them at most.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.learners import SESSION_KEY, hold
from accounts.models import Learner, Session, User
from database.portions import Pace

PORTION, PORTIONS = 200, 25


def clear_accounts() -> dict[str, int]:
    """Removes idle guests and expired sessions; returns how many."""
    empty, idle = _ago(settings.GUEST_EMPTY_DAYS), _ago(settings.GUEST_IDLE_DAYS)
    _forget_addresses()
    return {
        "guests": remove_guests(guests().filter(seen_at__lt=idle)),
        "empty_guests": remove_guests(without_work(guests().filter(seen_at__lt=empty))),
        "sessions": _remove_sessions(),
    }


def guests() -> QuerySet[Learner]:
    return Learner.objects.filter(user=None)


def without_work(learners: QuerySet[Learner]) -> QuerySet[Learner]:
    """Those of whom nothing else is kept: no attempt, no run, no lesson read."""
    for relation in Learner._meta.related_objects:
        learners = learners.filter(**{f"{relation.name}__isnull": True})
    return learners


def remove_guests(chosen: QuerySet[Learner]) -> int:
    """Removes these guests with all that is theirs, portion by portion; returns how many."""
    pace, removed = Pace(PORTION, least=1), 0
    for _ in range(PORTIONS):
        with pace.portion() as size:
            portion = list(chosen.order_by("pk")[:size])
            removed += _remove_portion(chosen, portion)
        if not portion:
            break
    return removed


@transaction.atomic
def _remove_portion(chosen: QuerySet[Learner], portion: list[Learner]) -> int:
    hold(*portion)
    # Those who signed in or did something meanwhile are no longer among them.
    still = chosen.filter(pk__in=[guest.pk for guest in portion]).values_list("pk", flat=True)
    removed = list(still)
    Learner.objects.filter(pk__in=removed, user=None).delete()
    return len(removed)


def _remove_sessions() -> int:
    expired = Session.objects.filter(expire_date__lt=timezone.now())
    pace, removed = Pace(PORTION * 5), 0
    for _ in range(PORTIONS):
        with pace.portion() as size:
            keys = list(expired.values_list("pk", flat=True)[:size])
            removed += Session.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < size:
            break
    return removed


def _forget_addresses() -> None:
    """Found before they are changed: an UPDATE that looks for its rows holds the lock meanwhile."""
    known = Learner.objects.exclude(address="").order_by()
    past = known.filter(created_at__lt=_ago(settings.GUEST_ADDRESS_DAYS))
    pace = Pace(PORTION * 5)
    for _ in range(PORTIONS):
        keys = list(past.values_list("pk", flat=True)[: pace.size])
        if not keys:
            break
        with pace.portion():
            Learner.objects.filter(pk__in=keys).update(address="")


def end_sessions(user: User | None, learners: Collection[Learner]) -> int:
    """Ends every session of this account, in any browser, and of these guests."""
    ours = {str(learner.pk) for learner in learners}
    # Sessions of other accounts are none of them, and need not be read.
    may_be = Session.objects.filter(Q(user=None) | Q(user=user)).iterator()
    ended = [session.pk for session in may_be if _is_of(session, user, ours)]
    for start in range(0, len(ended), PORTION):
        Session.objects.filter(pk__in=ended[start : start + PORTION]).delete()
    return len(ended)


def _is_of(session: Session, user: User | None, learners: Collection[str]) -> bool:
    held = session.get_decoded()
    signed_in = held.get("_auth_user_id")
    if user is not None:
        # Also a session in which the name was typed, without signing in yet.
        names = {user.get_username(), user.email} - {""}
        if signed_in == str(user.pk) or names & _texts(held):
            return True
    # Where somebody else has signed in since, the guest's key is void but the session stays.
    return signed_in is None and held.get(SESSION_KEY) in learners


def _texts(value: Any) -> set[str]:
    """Every text within, however deep."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return set().union(*map(_texts, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(_texts, value))
    return set()


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)
