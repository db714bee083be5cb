"""Folds a run's events into what a page shows. Pure: the same for a live, late or plain reader."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Data = dict[str, Any]


@dataclass
class History:
    """A run's history with rewinds applied: only points that still count."""

    start: Data | None = None
    ticks: list[Data] = field(default_factory=list)
    epochs: list[Data] = field(default_factory=list)
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
            before["name"], before["shape"], after["delta_norm"], after["relative_delta"], samples
        )


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
    elif name == "result":
        history.result = data
    elif name == "rewind":
        history.ticks = [tick for tick in history.ticks if tick["epoch"] <= data["epoch"]]
        history.epochs = [epoch for epoch in history.epochs if epoch["epoch"] <= data["epoch"]]
