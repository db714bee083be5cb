"""The order in which queued runs are trained, and how long one of them has to wait."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Learner
from database.prepared import Given, Select
from training_jobs.models import Run

S = Run.State

# The index `queue_order` begins with the state and these.
ORDER = ("rank", "turn", "created_at", "id")
# For a run that nothing is known of.
GUESSED_SECONDS = 5.0
# The wait is estimated from this many runs at the front of the queue.
LOOKED_AT = 200
# The places of more runs than this are found by reading the beginning of the queue once.
FEW = 20
# At most this many runs ahead of one are counted, and beyond that only "more" is said: finding a
# place costs the same, however many wait.
COUNTED = 1000
# Up to the first number of seconds, a wait is rounded to steps of the second.
STEPS = ((10, 1), (60, 5))
LONGEST_STEP = 30


def in_queue_order() -> QuerySet[Run]:
    """Queued runs, the one to be trained next first.

    Members come before guests, learners before reference runs. Among equals everyone's first run
    comes before anyone's second, and then first come, first served: one learner's many never starve
    another's one.
    """
    return Run.objects.filter(state=S.QUEUED).order_by(*ORDER)


def entry(learner: Learner | None) -> tuple[Run.Rank, int]:
    """The rank and the turn of a run that `learner` asks for now.

    Turns are counted like rounds (start-time fair queueing): a new run gets the round that is being
    served, and the next of the same learner the round after that. So they are written down once,
    and an index has the order.
    """
    rank = _rank(learner)
    latest = _LATEST_TURN.first(learner=learner.pk) if learner else None
    return rank, max(_round(rank), 0 if latest is None else latest + 1)


def _rank(learner: Learner | None) -> Run.Rank:
    if learner is None:
        return Run.Rank.REFERENCE
    return Run.Rank.GUEST if learner.is_guest else Run.Rank.MEMBER


def _round(rank: Run.Rank) -> int:
    """The round that is being served: of the runs in training, else of the first that waits."""
    served = _SERVED_TURN.first(rank=rank)
    return served if served is not None else _WAITING_TURN.first(rank=rank) or 0


def _turns(**which: object) -> QuerySet[Run, int]:
    """The turn of the run that comes last in the order."""
    return Run.objects.filter(**which).order_by("-turn").values_list("turn", flat=True)[:1]


_LATEST_TURN = Select(lambda: _turns(learner=Given(Run, "learner"), state__in=Run.ACTIVE))
_SERVED_TURN = Select(lambda: _turns(rank=Given(Run, "rank"), state=S.RUNNING))
_WAITING_TURN = Select(
    lambda: in_queue_order().filter(rank=Given(Run, "rank")).values_list("turn", flat=True)[:1]
)


@dataclass(frozen=True)
class Place:
    """Where a queued run stands, from 1, and the seconds of training before it.

    With `at_least` more than `COUNTED` runs come before it, and both figures are lower bounds.
    """

    position: int
    seconds: float
    at_least: bool


def place(run: Run) -> Place | None:
    """Where a run stands that is queued; None for any other."""
    return _place(_count_before(run), Outlook()) if run.state == S.QUEUED else None


def places(run_ids: Collection[UUID]) -> dict[UUID, Place]:
    """The same of many runs; those that have left the queue are missing."""
    ahead = _counts_before(run_ids)
    outlook = Outlook() if ahead else None
    return {run_id: _place(count, outlook) for run_id, count in ahead.items() if outlook}


def _place(ahead: int, outlook: "Outlook") -> Place:
    counted = min(ahead, COUNTED)
    return Place(counted + 1, outlook.seconds(counted), at_least=ahead > COUNTED)


def _counts_before(run_ids: Collection[UUID]) -> dict[UUID, int]:
    if len(run_ids) <= FEW:
        queued = Run.objects.filter(id__in=run_ids, state=S.QUEUED)
        return {run.id: _count_before(run) for run in queued.only("state", *ORDER)}
    wanted = set(run_ids)
    first = in_queue_order().values_list("id", flat=True)[: COUNTED + 1]
    found = {run_id: ahead for ahead, run_id in enumerate(first) if run_id in wanted}
    behind = Run.objects.filter(id__in=wanted - found.keys(), state=S.QUEUED).order_by()
    return found | dict.fromkeys(behind.values_list("id", flat=True), COUNTED + 1)


def _count_before(run: Run) -> int:
    """How many come before this run, or one more than are counted.

    Along the index, one stretch of it after the other, and no further than that.
    """
    same, stretches = Run.objects.filter(state=S.QUEUED).order_by(), []
    for name in ORDER:
        value = getattr(run, name)
        stretches.append(same.filter(**{f"{name}__lt": value}).values("id"))
        same = same.filter(**{name: value})
    return stretches[0].union(*stretches[1:], all=True)[: COUNTED + 1].count()


def about(seconds: float) -> int:
    """A waiting time as it is said: pages ask for their words again whenever it changes."""
    step = next((step for most, step in STEPS if seconds <= most), LONGEST_STEP)
    return math.ceil(seconds / step) * step


class Outlook:
    """How long the first of the queue will be trained, and what is being trained will go on.

    What each run takes was told when it was asked for, by what its machine had learned until then
    (`durations`).
    """

    def __init__(self) -> None:
        told = "estimated_seconds"
        first = in_queue_order().values_list(told, flat=True)[:LOOKED_AT]
        training = Run.objects.filter(state=S.RUNNING).order_by().values_list(told, "started_at")
        now = timezone.now()
        self._left = sum(max(_expected(seconds) - _since(at, now), 0.0) for seconds, at in training)
        self._sums = list(accumulate(map(_expected, first), initial=0.0))

    def seconds(self, ahead: int) -> float:
        """Until one worker has trained `ahead` runs. The rest of a long queue is extrapolated."""
        looked_at = len(self._sums) - 1
        if ahead <= looked_at:
            return self._left + self._sums[ahead]
        return self._left + self._sums[-1] * ahead / max(looked_at, 1)


def _expected(told: float | None) -> float:
    return GUESSED_SECONDS if told is None else told


def _since(moment: datetime | None, now: datetime) -> float:
    return (now - moment).total_seconds() if moment else 0.0
