"""The order in which queued runs are trained, and how long one of them has to wait."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import fmean

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, Greatest, RowNumber
from django.utils import timezone

from training_jobs.models import Run

S = Run.State

# How many of an experiment's latest runs tell how long the next one will take.
MEASURED_RUNS = 20
# For a run that nothing is known of.
GUESSED_SECONDS = 5.0
# Up to so many seconds, a wait is said in steps of so many.
STEPS = ((10, 1), (60, 5))
LONGEST_STEP = 30


def in_queue_order() -> QuerySet[Run]:
    """Queued runs, the one to be trained next first.

    Learners come before reference runs; whose run is being trained comes after those who have none;
    everyone's first run comes before anyone's second; then first come, first served, where a run
    has waited since its learner was last served. So one learner's many never starve another's one.
    """
    training = Run.objects.filter(state=S.RUNNING, learner=OuterRef("learner"))
    own = Run.objects.filter(learner=OuterRef("learner")).order_by().values("learner")
    served = Subquery(own.annotate(latest=Max("started_at")).values("latest"))
    own_order = Window(RowNumber(), partition_by=F("learner"), order_by=["created_at", "id"])
    queued = Run.objects.filter(state=S.QUEUED).annotate(
        is_for_all=ExpressionWrapper(Q(learner__isnull=True), BooleanField()),
        is_served=Exists(training),
        turn=own_order,
        # Both databases agree on Greatest only where nothing is null.
        waits_since=Greatest("created_at", Coalesce(served, "created_at")),
    )
    return queued.order_by("is_for_all", "is_served", "turn", "waits_since", "created_at", "id")


def place(run: Run) -> tuple[int | None, float]:
    """Where a queued run stands, from 1, and the seconds of training before it; (None, 0) else."""
    if run.state != S.QUEUED:
        return None, 0.0
    ahead: list[Run] = []
    for waiting in in_queue_order().only("experiment", "estimated_seconds"):
        if waiting.id == run.id:
            return len(ahead) + 1, _seconds(run, ahead)
        ahead.append(waiting)
    return None, 0.0  # it has left the queue since it was read


def about(seconds: float) -> int:
    """A waiting time as it is said: pages ask for their words again whenever it changes."""
    step = next((step for most, step in STEPS if seconds <= most), LONGEST_STEP)
    return math.ceil(seconds / step) * step


def _seconds(waiting: Run, ahead: list[Run]) -> float:
    """How long the runs ahead will be trained, and what is being trained will go on."""
    training = list(Run.objects.filter(state=S.RUNNING))
    measured = _measured({run.experiment_id for run in [waiting, *ahead, *training]})

    def expected(run: Run) -> float:
        return measured.get(run.experiment_id) or run.estimated_seconds or GUESSED_SECONDS

    now = timezone.now()
    left = (max(expected(run) - _since(run.started_at, now), 0.0) for run in training)
    return sum(map(expected, ahead)) + sum(left)


def _since(moment: datetime | None, now: datetime) -> float:
    return (now - moment).total_seconds() if moment else 0.0


def _measured(experiments: Iterable[int]) -> dict[int, float]:
    """Mean seconds that the latest successful runs of each experiment took."""
    ended = Run.objects.filter(state=S.SUCCEEDED, experiment__in=experiments)
    latest = ended.order_by("-ended_at").values_list("experiment", "started_at", "ended_at")
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    for experiment, started_at, ended_at in latest[:MEASURED_RUNS]:
        if started_at and ended_at:
            seconds[experiment].append((ended_at - started_at).total_seconds())
    return {experiment: fmean(values) for experiment, values in seconds.items()}
