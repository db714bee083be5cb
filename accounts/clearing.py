"""Removes idle guests and expired sessions.

docs/operations.md has the schedule. Portions are small: somebody who answers a question meanwhile
waits for one of them at most.
"""

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from accounts.learners import hold
from accounts.models import Learner, Session
from database.portions import Pace

PORTION = 200
# The sweep has runs to take back, too; what is left is continued at the next one.
CLEARING_SECONDS = 2.0

# A guest who did nothing after this came for one request only.
AT_ONCE = timedelta(minutes=1)

# Sent with `guests`, who came once: receivers return those whose attempts they know to be empty.
left_unanswered = Signal()


class Cleared(NamedTuple):
    """How many rows, by their kind; and whether that was all of them."""

    removed: dict[str, int]
    is_all: bool


def clear_accounts() -> Cleared:
    """Removes idle guests and expired sessions for some seconds, and at least a portion of each."""
    empty, idle = _ago(settings.GUEST_EMPTY_DAYS), _ago(settings.GUEST_IDLE_DAYS)
    until = time.monotonic() + CLEARING_SECONDS
    done = {
        "addresses": _forget_addresses(until),
        "guests": _remove("guests", guests().filter(seen_at__lt=idle), until),
        "empty_guests": _remove(
            "empty guests", without_work(guests().filter(seen_at__lt=empty)), until
        ),
        "unanswered_guests": _remove_unanswered(empty, until),
        "sessions": _remove_sessions(until),
    }
    removed = {kind: number for kind, (number, _) in done.items()}
    return Cleared(removed, all(is_all for _, is_all in done.values()))


def guests() -> QuerySet[Learner]:
    return Learner.objects.filter(user=None)


def _remove_unanswered(seen_before: datetime, until: float) -> tuple[int, bool]:
    """Removes those who left at once: a first click that is sent eight times makes eight guests."""
    came_back = F("created_at") + AT_ONCE
    gone = guests().filter(seen_at__lt=seen_before).filter(seen_at__lt=came_back)
    told: list[tuple[Any, Any]] = left_unanswered.send(Learner, guests=gone)
    done = [_remove("empty guests", chosen, until) for _, chosen in told if chosen is not None]
    return sum(number for number, _ in done), all(is_all for _, is_all in done)


def without_work(learners: QuerySet[Learner], *, but: str = "") -> QuerySet[Learner]:
    """Those of whom nothing else is kept: no attempt, no run, no lesson read; `but` may be."""
    for relation in Learner._meta.related_objects:
        if relation.name == but:
            continue
        learners = learners.filter(**{f"{relation.name}__isnull": True})
    return learners


def remove_guests(chosen: QuerySet[Learner]) -> int:
    """Removes these guests with all that is theirs, portion by portion; returns how many."""
    return _remove("guests", chosen, math.inf)[0]


def _remove(kind: str, chosen: QuerySet[Learner], until: float) -> tuple[int, bool]:
    """Removes those chosen; `kind` tells guests with work from those who are quickly removed."""

    def remove(size: int) -> tuple[int, int]:
        portion = list(chosen.order_by("pk")[:size])
        return len(portion), _remove_portion(chosen, portion)

    return _in_portions(Pace(kind, PORTION, least=1), remove, until)


def _in_portions(
    pace: Pace, change: Callable[[int], tuple[int, int]], until: float
) -> tuple[int, bool]:
    """How many rows were changed until that moment, and whether that was all of them.

    `change` changes at most so many, and says how many it found and how many of these it changed:
    some may be what they were no more.
    """
    changed = 0
    while True:
        with pace.portion() as size:
            found, number = change(size)
        changed += number
        if found < size:
            return changed, True
        pace.filled()
        if time.monotonic() >= until:
            return changed, False


@transaction.atomic
def _remove_portion(chosen: QuerySet[Learner], portion: list[Learner]) -> int:
    hold(*portion)
    # Those who signed in or did something meanwhile are no longer among them.
    still = chosen.filter(pk__in=[guest.pk for guest in portion]).values_list("pk", flat=True)
    removed = list(still)
    Learner.objects.filter(pk__in=removed, user=None).delete()
    return len(removed)


def _remove_sessions(until: float) -> tuple[int, bool]:
    expired = Session.objects.filter(expire_date__lt=timezone.now())

    def remove(size: int) -> tuple[int, int]:
        keys = list(expired.values_list("pk", flat=True)[:size])
        return len(keys), Session.objects.filter(pk__in=keys).delete()[0]

    return _in_portions(Pace("sessions", PORTION * 5), remove, until)


def _forget_addresses(until: float) -> tuple[int, bool]:
    """Found before they are changed: an UPDATE that looks for its rows holds the lock meanwhile."""
    known = Learner.objects.exclude(address="").order_by()
    past = known.filter(created_at__lt=_ago(settings.GUEST_ADDRESS_DAYS))

    def forget(size: int) -> tuple[int, int]:
        keys = list(past.values_list("pk", flat=True)[:size])
        return len(keys), Learner.objects.filter(pk__in=keys).update(address="")

    return _in_portions(Pace("addresses", PORTION * 5), forget, until)


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)
