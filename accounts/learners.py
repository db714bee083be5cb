"""Finds the learner behind a request, and hands a guest's work to the account they sign in to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from accounts.door import check_guests, count_guest
from accounts.models import Learner, User
from database.prepared import Given, Select
from throttling.addresses import counted_address

SESSION_KEY = "learner"
DAY = timedelta(days=1)

# Sent with `guest` and `member`: each receiver moves its own rows, in the transaction, and may
# return sentences for the member to read.
learner_claimed = Signal()


class Person(NamedTuple):
    """Who sends a request: the account's key, or that of a guest; neither before they do anything.

    Lets a query for some row of theirs find the learner as well, instead of asking twice.
    """

    user: int | None = None
    guest: str | None = None


def person(request: HttpRequest) -> Person:
    """Who sends this request."""
    if isinstance(request.user, User):
        return Person(user=request.user.pk)
    return Person(guest=request.session.get(SESSION_KEY))


def person_of(learner: Learner) -> Person:
    """Who this learner is in their requests."""
    if learner.user_id is not None:
        return Person(user=learner.user_id)
    return Person(guest=str(learner.pk))


def given_learner() -> QuerySet[Learner]:
    """The learner of the `Person` whose `user` and `guest` are given when the query is asked."""
    guest = Q(id=Given(Learner, "id", "guest"), user=None)
    return Learner.objects.filter(Q(user=Given(Learner, "user")) | guest)


def current_learner(request: HttpRequest) -> Learner | None:
    """The learner of this request; None for someone who has not done anything yet."""
    return _learner(person(request))


def _learner(whose: Person) -> Learner | None:
    return _LEARNER.first(**whose._asdict()) if any(whose) else None


@contextmanager
def acting_learner(request: HttpRequest) -> Iterator[Learner]:
    """The learner of this request, made when missing. Call it on a POST only.

    Everything done in the block is one transaction: an exception leaves no row behind, neither a
    learner nor a session. Raises TooManyGuests.
    """
    learner = current_learner(request)
    guest_of = None
    if learner is None and request.user.is_anonymous:
        guest_of = counted_address(request)
        check_guests(guest_of)
    with transaction.atomic():
        learner = learner or _made(request)
        _see(learner)
        yield learner
        if guest_of is not None:
            count_guest(guest_of)  # last: a guest who was refused does not count
    if guest_of is not None:
        # The learner's id, not the session's key: signing in replaces the key and keeps the data.
        request.session[SESSION_KEY] = str(learner.id)


def _made(request: HttpRequest) -> Learner:
    address = counted_address(request)
    if isinstance(request.user, User):
        return Learner.objects.get_or_create(user=request.user, defaults={"address": address})[0]
    return Learner.objects.create(address=address)


def _see(learner: Learner) -> None:
    """Notes that the learner did something today: idle guests are removed."""
    now = timezone.now()
    if now - learner.seen_at > DAY:
        Learner.objects.filter(pk=learner.pk).update(seen_at=now)


def hold(*learners: Learner) -> None:
    """Locks these learners: other transactions that hold one of them wait for this one.

    Call it before adding to a learner's attempts or runs, so that their number cannot change after
    it was counted. Learners are locked before anything of theirs, or two could wait for each other.
    """
    # On SQLite select_for_update does nothing, and IMMEDIATE transactions do its work.
    if connection.features.has_select_for_update:
        rows = Learner.objects.select_for_update(no_key=True)
        keys = [learner.pk for learner in learners]
        list(rows.filter(pk__in=keys).order_by("pk").values_list("pk"))


def claimable_guest(request: HttpRequest) -> Learner | None:
    """The guest of this browser whose work the signed-in person may take over."""
    signed_in = request.user.is_authenticated
    return _learner(Person(guest=request.session.get(SESSION_KEY))) if signed_in else None


@transaction.atomic
def claim_guest(request: HttpRequest) -> list[str] | None:
    """Moves the guest's work to the signed-in learner; None when there is nothing to move.

    Returns sentences that the learner should read.
    """
    offered = claimable_guest(request)
    if offered is None:
        return None
    member = current_learner(request) or _made(request)
    hold(offered, member)
    guest = claimable_guest(request)
    if guest is None:
        return None  # removed, or taken over elsewhere, before it was held
    answers = learner_claimed.send(Learner, guest=guest, member=member)
    guest.delete()
    return [sentence for _, told in answers for sentence in told or []]


_LEARNER = Select(lambda: given_learner().select_related("user"))
