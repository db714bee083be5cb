"""Two to six runs side by side: who may see them, how they ended, and what they differ in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from accounts.models import Learner
from training_jobs.history import Data, History, fold
from training_jobs.models import Experiment, Run, RunEvent
from training_jobs.plan_words import LABELS, said
from training_jobs.queries import published_experiments, recent_runs
from training_jobs.references import NONE, Reference, references, shown_reference
from training_jobs.run_titles import stand_in

FEWEST, MOST = 2, 6


class NotComparable(ValueError):
    """What was asked for is no comparison. The text says so to the person who asked."""


@dataclass(frozen=True)
class Compared:
    """One run of a comparison; `number` counts from 1 and is also that of its colour and dash."""

    number: int
    run: Run
    history: History
    label: str

    @property
    def before(self) -> float | None:
        """Test accuracy of the untrained network, as a fraction; None until the run has started."""
        return (self.history.start or self._result).get("test_accuracy_before")

    @property
    def after(self) -> float | None:
        """Test accuracy after training, as a fraction."""
        return self._result.get("test_accuracy")

    @property
    def data(self) -> str:
        """What it was trained on; before that is known, what its plan asks for."""
        planned = _said("dataset", self.run.plan)
        met = (self.run.receipt or {}).get("data") or (self.history.start or {}).get("dataset")
        other = stand_in(self.run.plan, met)
        return f"{other} in place of {planned}" if other else planned

    @property
    def loss(self) -> float | None:
        """Mean loss on the test rows after training."""
        return self._result.get("test_loss")

    @property
    def seconds(self) -> float | None:
        return self._result.get("seconds")

    @property
    def parameters(self) -> int | None:
        return (self.history.start or {}).get("parameters")

    @property
    def _result(self) -> Data:
        # That in the row is kept when the history is removed.
        return self.history.result or self.run.result or {}

    @property
    def weights_digest(self) -> str:
        """sha256 of the final weights; empty until there are any."""
        return str((self.run.receipt or {}).get("weights_sha256", ""))

    @property
    def points(self) -> list[tuple[float, float | None, float | None]]:
        """(epoch, accuracy, loss) on the training rows: each epoch, and the batches since the last.

        Whole epochs are means over all rows; the batches only lead on from them while it trains.
        The untrained network is measured on the test rows, so it is no point of these curves.
        """
        epochs = self.history.epochs
        done = epochs[-1]["epoch"] if epochs else 0
        latest = [tick for tick in self.history.ticks if tick["epoch"] > done]
        return [(p["epoch"], p["accuracy"], p["loss"]) for p in [*epochs, *latest]]


@dataclass(frozen=True)
class PlanRow:
    """One field of the plan as each run has it."""

    label: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


@dataclass(frozen=True)
class Comparison:
    """All that the page shows."""

    compared: list[Compared]

    @property
    def is_active(self) -> bool:
        """Whether any of the runs still waits or trains."""
        return any(one.run.is_active for one in self.compared)

    @property
    def epochs(self) -> int:
        """The longest plan's number of epochs: the end of the common axis."""
        return max(int(one.run.plan["epochs"]) for one in self.compared)

    @cached_property
    def plan_rows(self) -> list[PlanRow]:
        plans = [one.run.plan for one in self.compared]
        titles = [one.run.experiment.title for one in self.compared]
        data = [one.data for one in self.compared]
        return [PlanRow("Experiment", titles), PlanRow(LABELS["dataset"], data)] + [
            PlanRow(label, [_said(field, plan) for plan in plans])
            for field, label in LABELS.items()
            if field != "dataset"
        ]

    @property
    def differing_rows(self) -> list[PlanRow]:
        return [row for row in self.plan_rows if row.differs]

    @property
    def epoch_rows(self) -> list[tuple[int, list[Data | None]]]:
        """Each epoch that any run has completed, with what each run reports of it."""
        by_epoch = [{e["epoch"]: e for e in one.history.epochs} for one in self.compared]
        last = max((epoch for epochs in by_epoch for epoch in epochs), default=0)
        return [(n, [epochs.get(n) for epochs in by_epoch]) for n in range(1, last + 1)]

    @property
    def weights_verdict(self) -> str:
        """Whether the runs ended with the same weights: “same”, “different”, or "" before that."""
        digests = [one.weights_digest for one in self.compared]
        if not all(digests):
            return ""
        return "same" if len(set(digests)) == 1 else "different"

    def as_json(self) -> dict[str, Any]:
        """What the charts draw."""
        return {
            "active": self.is_active,
            "epochs": self.epochs,
            "runs": [
                {"id": str(one.run.id), "state": one.run.state, "points": one.points}
                for one in self.compared
            ],
        }


def chosen_runs(ids: Sequence[str], learner: Learner | None) -> list[Run]:
    """The runs of these ids in their order, each once.

    Raises NotComparable in words for too few, too many or ids that are none, and Http404 when this
    person may not see one of them.
    """
    wanted = list(dict.fromkeys(_parsed(value) for value in ids))
    _check_count(len(wanted))
    found = {run.id: run for run in _viewable(learner).filter(id__in=wanted)}
    if len(found) < len(wanted):
        raise Http404("At least one of these runs does not exist or is not yours.")
    return [found[run_id] for run_id in wanted]


def _check_count(count: int) -> None:
    if count < FEWEST:
        raise NotComparable(f"Choose at least {FEWEST} different runs to compare.")
    if count > MOST:
        raise NotComparable(
            f"At most {MOST} runs can be compared at once, and these are {count}; more curves"
            " could not be told apart."
        )


def reference_runs_of(slugs: Sequence[str]) -> list[Reference]:
    """The reference run that pages show of each of these experiments, in their order.

    Raises NotComparable for too few, too many or one without anything to show, and Http404 for an
    experiment that is not published.
    """
    wanted = list(dict.fromkeys(slugs))
    _check_count(len(wanted))
    # Not by the database: PostgreSQL cannot be asked for every text that an address can hold.
    found = {one.slug: one for one in published_experiments() if one.slug in wanted}
    if len(found) < len(wanted):
        raise Http404("At least one of these experiments does not exist.")
    made = references(wanted)
    return [_with_run(found[slug], made.get(slug, NONE)) for slug in wanted]


def _with_run(experiment: Experiment, reference: Reference) -> Reference:
    if reference.run is None:
        why = reference.standing.full if reference.standing else ""
        is_coming = reference.standing is not None and reference.standing.is_coming
        lack = "has not ended yet" if is_coming else "has no curve to compare"
        raise NotComparable(f"The reference run of “{experiment.title}” {lack}. {why}".rstrip())
    return reference


def group_runs(group: str, learner: Learner | None) -> list[Run]:
    """The runs of a group in the order they were asked for.

    Raises NotComparable for an invalid id, Http404 when this person may see none of them.
    """
    runs = _viewable(learner).filter(group=_parsed(group)).order_by("created_at", "id")
    if not (found := list(runs)):
        raise Http404("You have no such group of runs.")
    return found


def _parsed(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        named = f"“{value[:60]}”" if value else "An empty value"
        raise NotComparable(f"{named} is not the id of a run.") from None


def _viewable(learner: Learner | None) -> Any:
    mine = Q(learner=learner) if learner else Q(pk__in=[])
    return Run.objects.select_related("experiment").filter(mine | Q(learner__isnull=True))


def comparison(runs: Sequence[Run]) -> Comparison:
    """These runs with their histories, read in one query."""
    histories = histories_of(runs)
    labels = _labels(runs)
    return Comparison(
        [
            Compared(number, run, histories[run.id], label)
            for number, (run, label) in enumerate(zip(runs, labels, strict=True), start=1)
        ]
    )


def histories_of(runs: Iterable[Run]) -> dict[UUID, History]:
    """The history of each run without its drawings of weights, which are most of the bytes."""
    events: dict[UUID, list[tuple[int, str, Data]]] = {run.id: [] for run in runs}
    rows = RunEvent.objects.filter(run__in=events).exclude(name="weights").order_by("seq")
    for run_id, seq, name, data in rows.values_list("run_id", "seq", "name", "data"):
        events[run_id].append((seq, name, data))
    return {run_id: fold(rows) for run_id, rows in events.items()}


def _labels(runs: Sequence[Run]) -> list[str]:
    """A name for each run that tells it from the others, as short as that allows."""
    titles = [run.title for run in runs]
    if len(set(titles)) == len(titles):
        return titles
    fields = [f for f in LABELS if len({_said(f, run.plan) for run in runs}) > 1]
    names = [_named(run, fields) for run in runs]
    return [
        f"{name} ({str(run.id)[:8]})" if names.count(name) > 1 else name
        for run, name in zip(runs, names, strict=True)
    ]


def _named(run: Run, fields: Iterable[str]) -> str:
    parts = [f"{LABELS[field].lower()} {_said(field, run.plan)}" for field in fields]
    kind = ["reference run"] if run.is_reference else []
    return f"{run.title}: {', '.join([*parts, *kind])}".rstrip(": ")


def _said(field: str, plan: Data) -> str:
    """A plan's value in words; a plan from before a field was known has none."""
    value = plan.get(field)
    if value is None:
        return "–"
    # Seeds are names, not quantities: all their digits count.
    return str(value) if type(value) is int else said(field, value)


def final_figures(run: Run) -> Data | None:
    """The result of a run that succeeded; None for any other."""
    if run.state != Run.State.SUCCEEDED:
        return None
    # Kept in the row when the history is removed.
    kept: Data | None = run.result
    return kept or run.events.filter(name="result").values_list("data", flat=True).first()


def others_to_compare(run: Run, learner: Learner | None) -> list[tuple[str, Run]]:
    """Runs that this one may be held against, each with what it is: reference, repeated, own."""
    named = [
        ("the run it repeats", run.repeats),
        ("the reference run", shown_reference(run.experiment)),
    ]
    own = [("your run", other) for other in recent_runs(learner, run.experiment)[:4]]
    seen, others = {run.id}, []
    for kind, other in [*named, *own]:
        if other is not None and other.id not in seen and _may_see(other, learner):
            seen.add(other.id)
            others.append((kind, other))
    return others


def _may_see(run: Run, learner: Learner | None) -> bool:
    return run.is_reference or (learner is not None and run.learner_id == learner.pk)
