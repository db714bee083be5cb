"""What the engine reports while it trains. Knows no TensorFlow and no framework."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class WeightSample:
    """One weight of a kernel that can move: its place and its value."""

    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Histogram:
    """How a kernel's weights are spread: counts in equal bins from `low` to `high`."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class LayerState:
    """A layer's kernel: how far it is from where it started.

    `delta_norm` is the L2 norm of the change since the start, `relative_delta` the same divided by
    the L2 norm at the start, `moved` the share of weights that differ from their start at all.
    Biases start at zero, so they are left out.
    """

    name: str
    shape: tuple[int, ...]
    delta_norm: float
    relative_delta: float
    moved: float = 0.0
    samples: tuple[WeightSample, ...] = ()
    histogram: Histogram | None = None


@dataclass(frozen=True)
class Start:
    """The untrained model: the plan, the data as found, size, and accuracy before training.

    `prediction` is what it makes of the watched test row, with that row's `picture` if it is one.
    """

    plan: dict[str, Any]
    dataset: dict[str, Any]
    parameters: int
    test_accuracy_before: float
    test_loss_before: float
    layers: tuple[LayerState, ...]
    prediction: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tick:
    """A moment in an epoch: `epoch` is a fraction; loss and accuracy are of the last batches."""

    epoch: float
    step: int
    loss: float
    accuracy: float
    layers: tuple[LayerState, ...]
    gradient_norm: float = 0.0


@dataclass(frozen=True)
class Weights:
    """A map of a layer's change since the start, small enough to be drawn.

    `data` is base64 of signed bytes in C order of `shape`; a byte times `scale` over 127 is a
    change. The first layer of a network that reads pictures is folded to the picture's shape, each
    pixel showing the L2 norm over its units.
    """

    epoch: int
    layer: str
    shape: tuple[int, ...]
    scale: float
    data: str


@dataclass(frozen=True)
class Epoch:
    """A whole epoch: means over its training rows; validation is None when none were held out."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float | None
    val_accuracy: float | None
    seconds: float
    layers: tuple[LayerState, ...]
    prediction: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckpointReport(ABC):
    """An epoch is whole: `step` updates and `seconds` of training so far. Not part of a history."""

    epoch: int
    step: int
    seconds: float

    @abstractmethod
    def to_bytes(self) -> bytes:
        """All that a training needs to go on from here."""


@dataclass(frozen=True)
class Result:
    """The trained model on the test rows, and one of those rows followed through the layers."""

    test_loss: float
    test_accuracy: float
    test_accuracy_before: float
    seconds: float
    layers: tuple[LayerState, ...]
    prediction: dict[str, Any] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)
    weights_digest: str = ""


Progress = Start | Tick | Epoch | Weights | CheckpointReport | Result


class OnProgress(Protocol):
    """Called with each report; what it does is the caller's affair."""

    def __call__(self, report: Progress, /) -> None: ...


class ShouldStop(Protocol):
    """Asked between chunks of steps; True ends the training there."""

    def __call__(self) -> bool: ...


class Stopped(Exception):
    """Raised by the engine when `should_stop` said so."""


BEYOND = "the loss or a weight grew beyond what a number can hold"


class Diverged(Exception):
    """The loss or a weight is no longer a number; `epoch` says where that was seen."""

    def __init__(self, epoch: float) -> None:
        super().__init__(f"It diverged in epoch {epoch:.1f}: {BEYOND}.")
        self.epoch = epoch
