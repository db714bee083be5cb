"""Folds a run's events into what a page shows. Pure: the same for a live, late or plain reader."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from training_jobs.spreads import Spread

Data = dict[str, Any]


@dataclass
class History:
    """A run's history with rewinds applied: only points that still count."""

    start: Data | None = None
    ticks: list[Data] = field(default_factory=list)
    epochs: list[Data] = field(default_factory=list)
    weights: list[Data] = field(default_factory=list)
    result: Data | None = None
    last_seq: int = 0

    @property
    def layers(self) -> list[Data]:
        """The latest known state of each layer."""
        points = [self.start, *self.epochs[-1:], *self.ticks[-1:], self.result]
        latest = [point for point in points if point is not None]
        layers: list[Data] = latest[-1]["layers"] if latest else []
        return layers

    @property
    def head(self) -> float:
        """How far the run is known to have come, in epochs."""
        return max((point["epoch"] for point in (*self.ticks, *self.epochs)), default=0.0)

    @property
    def updates(self) -> int:
        """Updates in the whole plan: batches in an epoch, a short last one too, times epochs."""
        start = self.start or {}
        batches = -(-start["dataset"]["train_rows"] // start["plan"]["batch_size"])
        return int(batches * start["plan"]["epochs"])

    @property
    def has_still_rows(self) -> bool:
        """Whether the first kernel has rows that no update can move: those of dead inputs.

        Not with convolutions, whose filters see every input, nor with weight decay, which moves
        weights without a gradient.
        """
        start = self.start or {"dataset": {}, "plan": {}}
        plan = start["plan"]
        is_dense = plan.get("network", "dense") == "dense" and not plan.get("weight_decay")
        return bool(start["dataset"].get("dead_inputs")) and is_dense

    @property
    def spreads(self) -> list[Spread]:
        """How each layer's weights were spread before training, and are now."""
        points = [point for point in (*self.epochs, self.result) if point]
        now = points[-1]["layers"] if points else []
        before = self.start["layers"] if self.start else []
        later = {layer["name"]: layer.get("histogram") for layer in now}
        told = [
            Spread.of(layer["name"], layer.get("histogram"), later.get(layer["name"]))
            for layer in before
        ]
        return [spread for spread in told if spread is not None]

    @property
    def watched(self) -> list["Watched"]:
        """What the network made of the watched test row: untrained, then after each epoch."""
        points = [(0, self.start or {}), *((epoch["epoch"], epoch) for epoch in self.epochs)]
        told = [(at, point["prediction"]) for at, point in points if point.get("prediction")]
        return [Watched.of(at, prediction) for at, prediction in told]

    @property
    def last_prediction(self) -> Data | None:
        """The latest look at the watched test row."""
        points = [self.start or {}, *self.epochs, self.result or {}]
        told: list[Data] = [point["prediction"] for point in points if point.get("prediction")]
        return {**told[-1], "probability": _probability(told[-1])} if told else None

    @property
    def gradients(self) -> list["Gradients"]:
        """How steep the loss was in each whole epoch."""
        steps = [(tick["epoch"], tick.get("gradient_norm")) for tick in self.ticks]
        whole = [int(epoch["epoch"]) for epoch in self.epochs]
        inside = {
            number: [norm for at, norm in steps if norm is not None and number - 1 < at <= number]
            for number in whole
        }
        return [Gradients(at, min(norms), max(norms)) for at, norms in inside.items() if norms]

    @property
    def changes(self) -> list["LayerChange"]:
        """Each layer with its samples before and, once the run has ended, after."""
        before = self.start["layers"] if self.start else []
        after = {layer["name"]: layer for layer in self.layers}
        return [LayerChange.of(layer, after.get(layer["name"], layer)) for layer in before]


@dataclass(frozen=True)
class LayerChange:
    """One layer's kernel, before and after."""

    name: str
    shape: list[int]
    delta_norm: float
    relative_delta: float
    moved: float | None
    samples: list[Data]

    @classmethod
    def of(cls, before: Data, after: Data) -> "LayerChange":
        later = {tuple(sample["index"]): sample["value"] for sample in after["samples"]}
        samples = [
            {
                "index": sample["index"],
                "before": sample["value"],
                "after": later.get(tuple(sample["index"])),
            }
            for sample in before["samples"]
        ]
        return cls(
            before["name"],
            before["shape"],
            after["delta_norm"],
            after["relative_delta"],
            after.get("moved"),
            samples,
        )


@dataclass(frozen=True)
class Gradients:
    """The smallest and the largest gradient norm that was seen in an epoch."""

    epoch: int
    smallest: float
    largest: float


@dataclass(frozen=True)
class Watched:
    """The answer for the watched test row after an epoch, and the probability of the true class."""

    epoch: int
    predicted: int
    probability: float
    actual: int
    of_actual: float | None

    @classmethod
    def of(cls, epoch: int, prediction: Data) -> "Watched":
        actual: int = prediction["actual"]
        of_actual = _of_class(prediction, actual)
        return cls(epoch, prediction["predicted"], _probability(prediction), actual, of_actual)


def _of_class(prediction: Data, number: int) -> float | None:
    """How probable the class was, as the output layer has it."""
    probabilities = prediction["layers"][-1]["values"] if prediction["layers"] else []
    return probabilities[number] if number < len(probabilities) else None


def _probability(prediction: Data) -> float:
    """That of the answer. An older history also has it unrounded, which may read differently."""
    shown = _of_class(prediction, prediction["predicted"])
    told: float = prediction["probability"]
    return told if shown is None else shown


def fold(events: Iterable[tuple[int, str, Data]]) -> History:
    """The history that (seq, name, data) events tell."""
    history = History()
    for seq, name, data in events:
        _apply(history, name, data)
        history.last_seq = seq
    return history


def _apply(history: History, name: str, data: Data) -> None:
    if name == "start":
        history.start = data
    elif name == "tick":
        history.ticks.append(data)
    elif name == "epoch":
        history.epochs.append(data)
    elif name == "weights":
        history.weights.append(data)
    elif name == "result":
        history.result = data
    elif name == "rewind":
        history.ticks = _until(data["epoch"], history.ticks)
        history.epochs = _until(data["epoch"], history.epochs)
        history.weights = _until(data["epoch"], history.weights)


def _until(epoch: float, points: list[Data]) -> list[Data]:
    return [point for point in points if point["epoch"] <= epoch]
