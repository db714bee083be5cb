"""What a trace shows: loss and accuracy by epoch, as rows and as curves of the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from lessons.charts import Line, line, round_top
from training_jobs.engine.progress import BEYOND
from training_jobs.figures import decimal, percent, tick
from training_jobs.history import History
from training_jobs.models import Experiment
from training_jobs.observations import observe
from training_jobs.references import Reference
from training_jobs.standing import Standing

UNTRAINED = "Before any training, on the test rows."
# No loss is drawn above it.
HIGHEST = 1e300
BATCHES = "The mean of the last batches."


@dataclass(frozen=True)
class Row:
    """One epoch, 0 for the untrained network; without validation where no rows were held out.

    Of a run that diverged also the moments of the epoch in which it did; the last has no figures.
    """

    epoch: float
    loss: float | None
    accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    observation: str

    @property
    def label(self) -> str:
        return f"{round(self.epoch, 2):g}"


@dataclass(frozen=True)
class Trace:
    """One run by epoch. Curves and rows hold the same numbers.

    `standing` says why it has no final figures; None where it has.
    """

    experiment: Experiment
    title: str
    history: History
    rows: list[Row]
    loss: Line
    accuracy: Line
    standing: Standing | None = None

    @property
    def validated(self) -> bool:
        return any(row.val_accuracy is not None for row in self.rows)

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def last(self) -> Row:
        """The last one that was measured."""
        return _measured(self.rows)[-1]


def traces(runs: Sequence[tuple[Experiment, Reference]]) -> list[Trace]:
    """The traces of the runs that have ended, all on one scale so that they can be compared.

    But for those that diverged: on their scale the others would be a line along the axis.
    """
    ended = [(experiment, made, _rows_of(made)) for experiment, made in runs]
    sound = [found for _, made, found in ended if made.diverged_at is None]
    top = _top([row for found in sound for row in found])
    return [
        _trace(experiment, made, found, top if made.diverged_at is None else _top(found))
        for experiment, made, found in ended
        if found
    ]


def _measured(found: Sequence[Row]) -> list[Row]:
    return [row for row in found if row.loss is not None and row.accuracy is not None]


def _top(found: Sequence[Row]) -> float:
    # The largest numbers have no round number above them.
    return round_top(min(max((row.loss or 0.0 for row in found), default=1.0), HIGHEST))


def _rows_of(made: Reference) -> list[Row]:
    if made.history is None:
        return []
    if made.diverged_at is None:
        return rows(made.history)
    return _until_it_diverged(made.history, made.diverged_at)


def _until_it_diverged(history: History, at: float) -> list[Row]:
    """Whole epochs, then the moments since the last of them, then where it diverged."""
    if not history.start:
        return []
    done = history.epochs[-1]["epoch"] if history.epochs else 0
    since = [tick for tick in history.ticks if tick["epoch"] > done]
    return [
        *_whole_epochs(history),
        *(Row(one["epoch"], one["loss"], one["accuracy"], None, None, BATCHES) for one in since),
        Row(at, None, None, None, None, f"It diverged: {BEYOND}."),
    ]


def rows(history: History) -> list[Row]:
    """The untrained network and every epoch; empty while the run has not ended."""
    return _whole_epochs(history) if history.result else []


def _whole_epochs(history: History) -> list[Row]:
    if not history.start:
        return []
    loss, accuracy = history.start["test_loss_before"], history.start["test_accuracy_before"]
    seen = observe(history.epochs)
    return [
        Row(0, loss, accuracy, None, None, UNTRAINED),
        *(
            Row(
                epoch=epoch["epoch"],
                loss=epoch["loss"],
                accuracy=epoch["accuracy"],
                val_loss=epoch["val_loss"],
                val_accuracy=epoch["val_accuracy"],
                observation=observation,
            )
            for epoch, observation in zip(history.epochs, seen, strict=True)
        ),
    ]


def _trace(experiment: Experiment, made: Reference, found: list[Row], top: float) -> Trace:
    measured = _measured(found)
    at = [row.epoch for row in measured]
    losses = [row.loss for row in measured if row.loss is not None]
    shares = [row.accuracy for row in measured if row.accuracy is not None]
    return Trace(
        experiment=experiment,
        title=made.run.title if made.run else experiment.title,
        history=made.history or History(),
        rows=found,
        loss=line(losses, top, decimal, tick, at),
        accuracy=line(shares, 1.0, percent, lambda value: f"{value * 100:g} %", at),
        standing=made.standing,
    )
