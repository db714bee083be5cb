"""Every change of an attempt's state, in one place.

    open     -> finished    its learner ends it, or its time is up
    open     -> void        a teacher declares that it does not count, or another one goes on
    finished -> void

Each is a conditional update: the loser of a race changes nothing. Nothing is ever opened again. The
time limit goes by the database's clock, not a browser's or a web server's.

Locks are taken in this order: the learners, their attempts, their cards; of each kind by the
primary key.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from accounts.learners import Person, given_learner, hold
from accounts.models import Learner, User
from database.prepared import Given, Select
from database.rows import SelectRows
from quizzes import cards
from quizzes.models import Attempt, Quiz

OPEN, FINISHED, VOID = Attempt.State.OPEN, Attempt.State.FINISHED, Attempt.State.VOID

TRANSITIONS: dict[Attempt.State, frozenset[Attempt.State]] = {
    OPEN: frozenset({FINISHED, VOID}),
    FINISHED: frozenset({VOID}),
    VOID: frozenset(),
}
OVERDUE = Q(state=OPEN, expires_at__lte=Now())


def begin(quiz: Quiz, learner: Learner) -> Attempt:
    """A new open attempt; raises IntegrityError when there is one already."""
    limit = quiz.time_limit if quiz.kind == Quiz.Kind.TEST else None
    expires_at = Now() + timedelta(minutes=limit) if limit else None
    earlier = _EARLIER.first(quiz=quiz.pk, learner=learner.pk) or 0
    return Attempt.objects.create(
        quiz=quiz,
        learner=learner,
        number=earlier + 1,
        by_staff=learner.is_staff,
        expires_at=expires_at,
    )


class Held(NamedTuple):
    """An open attempt whose row is locked for this transaction."""

    id: UUID
    kind: str
    started_at: datetime
    expires_at: datetime | None
    draft: dict[str, str]
    draft_seq: int
    own_seed: int


def held(attempt_id: UUID) -> Held | None:
    """The attempt, its row locked for this transaction; None when it is not open."""
    return _HELD.first(id=attempt_id)


def held_test(attempt_id: UUID, whose: Person) -> Held | None:
    """The same for a test; None also for somebody else's, or for an attempt that is not a test."""
    return _HELD_TEST.first(id=attempt_id, **whose._asdict())


def _held() -> QuerySet[Attempt, tuple[object, ...]]:
    # No table is joined: its row would be locked, too. On SQLite select_for_update does nothing,
    # and IMMEDIATE transactions do its work.
    wanted = Attempt.objects.select_for_update().order_by()
    kind = Quiz.objects.filter(id=OuterRef("quiz")).values("kind")
    own_seed = Learner.objects.filter(id=OuterRef("learner")).values("seed")
    columns = ("id", Subquery(kind), "started_at", "expires_at", "draft", "draft_seq")
    return wanted.filter(id=Given(Attempt, "id"), state=OPEN).values_list(
        *columns, Subquery(own_seed)
    )


_HELD = SelectRows(Held, _held)
_HELD_TEST = SelectRows(
    Held,
    lambda: _held().filter(
        learner__in=given_learner(), quiz__in=Quiz.objects.filter(kind=Quiz.Kind.TEST)
    ),
)


def _earlier() -> QuerySet[Attempt, int]:
    of_learner = Attempt.objects.filter(
        quiz=Given(Attempt, "quiz"), learner=Given(Attempt, "learner")
    )
    counted = of_learner.exclude(state=VOID).order_by().values("quiz").annotate(count=Count("id"))
    return counted.values_list("count", flat=True)


_EARLIER = Select(_earlier)


def hold_learner(attempt: Attempt) -> None:
    """Holds the attempt's learner: another one than was read if it has just been taken over."""
    hold(attempt.learner)
    learner = Learner.objects.filter(attempts=attempt).first()
    if learner is not None and learner != attempt.learner:
        attempt.learner = learner
        hold(learner)


def hold_all(*learners: Learner) -> None:
    """Holds the learners and every attempt of theirs: none begins, ends or moves."""
    hold(*learners)
    rows = Attempt.objects.select_for_update().filter(learner__in=learners).order_by("pk")
    list(rows.values_list("pk"))


def overdue() -> QuerySet[Attempt]:
    """Open attempts whose time is up."""
    return Attempt.objects.filter(OVERDUE)


def is_overdue(attempt: Attempt | Held) -> bool:
    """Whether this attempt is open although its time is up."""
    return attempt.expires_at is not None and overdue().filter(id=attempt.id).exists()


def close(attempt: Attempt, *, timed_out: bool = False) -> bool:
    """Ends an open attempt with the credit of its answers as score; False if it was not open."""
    return _move(
        attempt, OPEN, FINISHED, finished_at=Now(), score=score_of(attempt), timed_out=timed_out
    )


def score_of(attempt: Attempt) -> float:
    """The credit of all graded answers."""
    total: float = attempt.answers.aggregate(total=Coalesce(Sum("credit"), 0.0))["total"]
    return total


@transaction.atomic
def void(attempt: Attempt, reason: str, author: User) -> bool:
    """Declares that the attempt does not count; False if it is void already.

    Those after it move up: which one is somebody's first is counted in statistics.
    """
    hold_learner(attempt)
    hold_all(attempt.learner)
    changes = {"void_reason": reason, "voided_by": author}
    moved = _move(attempt, OPEN, VOID, **changes) or _move(attempt, FINISHED, VOID, **changes)
    if moved:
        number = Attempt.objects.values_list("number").get(id=attempt.id)[0]
        others = Attempt.objects.filter(quiz=attempt.quiz_id, learner=attempt.learner_id)
        later = others.exclude(state=VOID).filter(number__gt=number)
        later.update(number=F("number") - 1)
        cards.forget_attempt(attempt)
    return moved


def set_aside(attempt: Attempt, reason: str) -> bool:
    """Voids an open attempt because its learner has another one; False if it was not open.

    What was answered in it stays to be read, and missed questions still come back.
    """
    return _move(attempt, OPEN, VOID, void_reason=reason)


def _move(
    attempt: Attempt, source: Attempt.State, target: Attempt.State, **changes: object
) -> bool:
    if target not in TRANSITIONS[source]:
        raise ValueError(f"An attempt never goes from {source} to {target}.")
    here = Attempt.objects.filter(id=attempt.id, state=source)
    return here.update(state=target, **changes) == 1
