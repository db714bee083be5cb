"""Questions that pages ask about runs."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Learner
from authoring.models import State
from database.prepared import Given, Select
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.foresight import Foresight
from training_jobs.history import History, fold
from training_jobs.models import Experiment, Heartbeat, Run, RunEvent, Worker
from training_jobs.queueing import Place, about, place, places
from training_jobs.script import is_exact

# A run of a small table is over before the page that follows the POST can be drawn.
JUST_ENDED = timedelta(seconds=10)


@dataclass(frozen=True)
class Queue:
    """Where a queued run stands: `position` counts from 1; None once it has left the queue.

    `seconds` is about how long it has to wait, and None as well while no worker is there. With
    `at_least` the run stands further behind and waits longer than that.
    """

    position: int | None
    workers: int
    warming: int
    seconds: int | None = None
    at_least: bool = False

    @property
    def before(self) -> int:
        """How many runs come before it; with `at_least` there are more."""
        return (self.position or 1) - 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class RunPage:
    """All that a run's page shows."""

    run: Run
    history: History
    queue: Queue

    @property
    def title(self) -> str:
        """What the run is called; its start tells the data it met before there is a receipt."""
        start = self.history.start or {}
        return self.run.title_on(start["dataset"]) if start else self.run.title

    @property
    def result(self) -> dict[str, Any] | None:
        """The final figures, which outlive the history."""
        return self.history.result or self.run.result

    @property
    def is_cleared(self) -> bool:
        """Whether the history was removed because of its age."""
        return self.history.last_seq == 0

    @property
    def outcome(self) -> float | None:
        """Test accuracy after training, as a fraction."""
        return self.result["test_accuracy"] if self.result else None

    @property
    def stopped(self) -> str:
        """How and where the run ended without a result; empty for any other run."""
        if self.run.is_active or self.outcome is not None:
            return ""
        if self.run.has_diverged:
            return f"it {self.run.told_end}"
        told, head = self.run.told_state, self.history.head
        if head:
            return f"{told} after {head:.1f} of {self.run.plan['epochs']} epochs"
        return told if self.is_cleared else f"{told} before training began"

    @property
    def foresight(self) -> Foresight | None:
        """How the prediction compares with the outcome; None without both.

        It is judged by the number of test rows, which the history has: without it, nothing is.
        """
        if self.outcome is None or self.run.prediction is None or not self.history.start:
            return None
        rows: int = self.history.start["dataset"]["test_rows"]
        return Foresight(self.run.prediction, self.outcome, rows)

    @property
    def is_exact(self) -> bool:
        """Whether Keras's own fit ends with the run's very weights: what its script promises."""
        try:
            return is_exact(Plan.parse(self.run.plan))
        except PlanError:  # from a version that allowed more
            return False

    @property
    def just_ended(self) -> bool:
        """Whether the run was over before its learner could see it train: a page plays it then."""
        ended = self.run.ended_at
        return ended is not None and timezone.now() - ended < JUST_ENDED


def published_experiment(slug: str) -> Experiment:
    """The published experiment of this slug, or 404."""
    return get_object_or_404(Experiment, slug=slug, state=State.PUBLISHED)


def published_experiments() -> QuerySet[Experiment]:
    return Experiment.objects.filter(state=State.PUBLISHED)


def published_plans() -> list[Plan]:
    """The plans of the published experiments, those that topics train first."""
    ordered = published_experiments().annotate(used=Count("topics")).order_by("-used", "position")
    plans = []
    for experiment in ordered:
        with suppress(PlanError):  # it refuses to run; the others still can
            plans.append(Plan.parse(experiment.plan))
    return plans


def viewable_run(run_id: UUID, learner: Learner | None) -> Run:
    """A run that this person may see: their own or a reference run; everyone else's is a 404."""
    mine = Q(learner=learner) if learner else Q(pk__in=[])
    runs = Run.objects.select_related("experiment")
    return get_object_or_404(runs.filter(mine | Q(learner__isnull=True)), id=run_id)


def own_run(run_id: UUID, learner: Learner | None) -> Run:
    """A run that this person may change: their own."""
    if learner is None:
        return get_object_or_404(Run.objects.none())
    return get_object_or_404(Run, id=run_id, learner=learner)


def runs_of(learner: Learner | None) -> QuerySet[Run]:
    """A learner's runs, newest first."""
    runs = Run.objects.select_related("experiment")
    return runs.filter(learner=learner) if learner else runs.none()


def recent_runs(learner: Learner | None, experiment: Experiment) -> QuerySet[Run]:
    """The learner's latest runs of one experiment."""
    return runs_of(learner).filter(experiment=experiment)[:10]


def events_after(
    run_id: UUID, seq: int, without: Sequence[str] = ()
) -> list[tuple[int, str, dict[str, Any]]]:
    """The run's events with a number above `seq`, in order; `without` leaves some names out."""
    rows = RunEvent.objects.filter(run=run_id, seq__gt=seq).order_by("seq")
    if without:
        rows = rows.exclude(name__in=without)
    return list(rows.values_list("seq", "name", "data"))


def snapshot(run: Run, after: int = 0) -> dict[str, Any]:
    """The run as JSON values: state, plan, receipt, and the events as the stream sends them."""
    return {
        "id": str(run.id),
        "experiment": run.experiment.slug,
        "state": run.state,
        "reason": run.reason,
        "diverged_at": run.diverged_at,
        "plan": run.plan,
        "receipt": {
            "plan_sha256": run.plan_digest,
            "seed": run.plan["seed"],
            "tries": run.tries,
            **(run.receipt or {}),
        },
        "prediction": run.prediction,
        "queue": queue_of(run).as_json(),
        "events": [
            {"id": seq, "event": name, "data": data}
            for seq, name, data in events_after(run.id, after)
        ],
    }


def run_page(run: Run) -> RunPage:
    # Only a script draws maps of weights, and it reads them from the stream.
    events = events_after(run.id, 0, without=("weights",))
    return RunPage(run, fold(events), queue_of(run))


def _lately() -> datetime:
    return timezone.now() - timedelta(seconds=settings.WORKER_FRESH_SECONDS)


def seen_workers() -> list[Worker]:
    """Workers that were heard of lately, including those that cannot train."""
    return _SEEN(last_seen=_lately())


def fresh_workers() -> list[Worker]:
    """Workers that were heard of lately, without those that cannot train."""
    return [worker for worker in seen_workers() if worker.state != Worker.State.USELESS]


def connected_workers() -> list[Worker]:
    """Fresh workers that the broker reaches."""
    lately = _lately()
    return [worker for worker in fresh_workers() if worker.heard_at and worker.heard_at >= lately]


def is_sweeping() -> bool:
    """Whether the sweep loop was heard of lately, counted from when it should look again."""
    lately = _lately() - timedelta(seconds=settings.SWEEP_SECONDS)
    return Heartbeat.objects.filter(name=Heartbeat.SWEEP, last_seen__gte=lately).exists()


def is_stalled() -> bool:
    """Whether a run waits beside a free worker, and nothing has begun or ended for a while."""
    lately, runs = _lately(), Run.objects.order_by()
    training = runs.filter(state=Run.State.RUNNING)
    if not runs.filter(state=Run.State.QUEUED, created_at__lt=lately).exists():
        return False
    if training.filter(started_at__gte=lately).exists():
        return False
    if runs.filter(state__in=set(Run.State) - set(Run.ACTIVE), ended_at__gte=lately).exists():
        return False
    return _worker_states().count(Worker.State.READY) > training.count()


def queue_of(run: Run) -> Queue:
    """The run's place in the queue as it is now, and who could take it."""
    return _queue(_worker_states(), place(run))


def queue_of_several(runs: Iterable[Run]) -> Queue | None:
    """Where the first of them that is still queued stands; None once none is."""
    queued = (run for run in runs if run.state == Run.State.QUEUED)
    first = min(queued, key=lambda run: run.created_at, default=None)
    return queue_of(first) if first else None


def queues_of(run_ids: Collection[UUID]) -> dict[UUID, Queue]:
    """The same for many runs at once; those that have left the queue have no position."""
    states, found = _worker_states(), places(run_ids)
    return {run_id: _queue(states, found.get(run_id)) for run_id in run_ids}


def _worker_states() -> list[str]:
    return [worker.state for worker in fresh_workers()]


def _queue(states: Sequence[str], at: Place | None) -> Queue:
    workers, warming = len(states), states.count(Worker.State.WARMING)
    if at is None:
        return Queue(None, workers, warming)
    seconds = about(at.seconds / workers) if workers else None
    return Queue(at.position, workers, warming, seconds, at.at_least)


def reference_runs(experiment: Experiment, plan_digest: str) -> list[Run]:
    """Every reference run of the experiment with this plan, newest first."""
    return list(experiment.runs.filter(learner=None, plan_digest=plan_digest))


def run_of_key(key: str) -> Run | None:
    """The run that was asked for with this idempotency key."""
    return _OF_KEY.first(idempotency_key=key)


def data_of(run: Run) -> str | None:
    """The digest of the data that a run was trained on; None before it has started."""
    start = run.events.filter(name="start").order_by("-seq").first()
    return start.data["dataset"]["digest"] if start else None


def waiting() -> bool:
    """Whether any run is queued."""
    return Run.objects.filter(state=Run.State.QUEUED).exists()


def counts_by_state() -> Iterable[tuple[str, int]]:
    """How many runs are in each state."""
    return Run.objects.order_by().values_list("state").annotate(runs=Count("id"))


_SEEN = Select(lambda: Worker.objects.filter(last_seen__gte=Given(Worker, "last_seen")))
_OF_KEY = Select(
    lambda: Run.objects.filter(idempotency_key=Given(Run, "idempotency_key")).order_by()
)
