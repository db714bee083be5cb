"""What a trace shows: loss and accuracy by epoch, as rows and as curves of the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from lessons.charts import Line, line, round_top
from training_jobs.figures import decimal, percent, tick
from training_jobs.history import History
from training_jobs.models import Experiment
from training_jobs.observations import observe

UNTRAINED = "Before any training, on the test rows."


@dataclass(frozen=True)
class Row:
    """One epoch, 0 for the untrained network; without validation where no rows were held out."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    observation: str


@dataclass(frozen=True)
class Trace:
    """One run by epoch. Curves and rows hold the same numbers."""

    experiment: Experiment
    history: History
    rows: list[Row]
    loss: Line
    accuracy: Line

    @property
    def validated(self) -> bool:
        return self.rows[-1].val_accuracy is not None

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def last(self) -> Row:
        return self.rows[-1]


def traces(runs: Sequence[tuple[Experiment, History | None]]) -> list[Trace]:
    """The traces of the runs that have ended, all on one scale so that they can be compared."""
    ended = [(experiment, history, rows(history)) for experiment, history in runs if history]
    drawn = [(experiment, history, found) for experiment, history, found in ended if found]
    top = round_top(max((row.loss for *_, found in drawn for row in found), default=1.0))
    return [_trace(experiment, history, found, top) for experiment, history, found in drawn]


def rows(history: History) -> list[Row]:
    """The untrained network and every epoch; empty while the run has not ended."""
    if not history.start or not history.result:
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


def _trace(experiment: Experiment, history: History, found: list[Row], top: float) -> Trace:
    return Trace(
        experiment=experiment,
        history=history,
        rows=found,
        loss=line([row.loss for row in found], top, decimal, tick),
        accuracy=line(
            [row.accuracy for row in found], 1.0, percent, lambda value: f"{value * 100:g} %"
        ),
    )
