"""What to train: validated hyperparameters. Knows no TensorFlow."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, cast

DATASETS = {"mnist": "MNIST digits", "tabular": "a synthetic table"}
NETWORKS = ("dense", "convolutional")
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu")
OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop", "adagrad")
WITH_MOMENTUM = ("sgd", "rmsprop")
MOST_LAYERS = 3
# How much of a given value an error quotes, and how many unknown fields it names.
MOST_SHOWN = 60
MOST_TOLD = 5


class PlanError(ValueError):
    """A plan that cannot be trained. The text names the field, the value and what is possible."""


@dataclass(frozen=True)
class Plan:
    """The hyperparameters of one run.

    Names follow Keras: https://keras.io/api/optimizers/ and https://keras.io/api/layers/.
    `compiled` is what Keras calls `jit_compile`: XLA is faster and rounds differently.
    `watched_row` is the test row whose way through the layers is recorded after each epoch.
    Build one with `Plan.parse`, which checks every field.
    """

    dataset: str
    hidden_units: tuple[int, ...]
    activation: str
    optimizer: str
    learning_rate: float
    batch_size: int
    epochs: int
    seed: int
    network: str = "dense"
    dropout: float = 0.0
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    validation_fraction: float = 0.0
    compiled: bool = True
    watched_row: int = 0

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "Plan":
        """A plan from untrusted values; raises PlanError in the reader's words."""
        known = sorted(field.name for field in fields(cls))
        if unknown := sorted(set(values) - set(known)):
            named = ", ".join(map(told_name, unknown[:MOST_TOLD]))
            raise PlanError(f"Unknown field {named}; a plan has {', '.join(known)}.")
        defaults = {f.name: f.default for f in fields(cls) if f.default is not MISSING}
        if missing := sorted(set(known) - set(values) - set(defaults)):
            raise PlanError(f"Missing field {', '.join(missing)}.")
        checked = {name: _CHECKS[name](value) for name, value in {**defaults, **values}.items()}
        plan = cls(**checked)
        plan._check_together()
        return plan

    def _check_together(self) -> None:
        """Refuses fields that are right alone and make no sense beside each other."""
        if self.momentum and self.optimizer not in WITH_MOMENTUM:
            kind = self.optimizer
            raise PlanError(f"Momentum cannot be set for {kind}, only for sgd and rmsprop.")
        if self.nesterov and (self.optimizer != "sgd" or not self.momentum):
            raise PlanError("Nesterov needs the optimizer sgd with a momentum above 0.")
        if self.weight_decay and self.optimizer != "adamw":
            raise PlanError(f"Weight decay cannot be set for {self.optimizer}, only for adamw.")
        if self.network == "convolutional" and self.dataset != "mnist":
            raise PlanError("A convolutional network needs pictures: choose the data set mnist.")

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values; `Plan.parse` reads it back."""
        return {**asdict(self), "hidden_units": list(self.hidden_units)}

    @property
    def digest(self) -> str:
        """sha256 of the plan's canonical JSON."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def told(value: object) -> str:
    """A value for the text of an error: as Python writes it, and short enough to be read."""
    try:
        written = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, lists in lists
        return f"({type(value).__name__}, too large to show)"
    return written if len(written) <= MOST_SHOWN else f"{written[:MOST_SHOWN]}…"


def told_name(name: str) -> str:
    """A field's name for the text of an error: unquoted if it could be a name."""
    return (
        name if name.isascii() and name.isidentifier() and len(name) <= MOST_SHOWN else told(name)
    )


def _finite(value: object) -> bool:
    # bool is an int to Python; as a hyperparameter it is a mistake.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer that no float can hold
        return False


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise PlanError(f"{name} {told(value)} is not known; choose one of {', '.join(allowed)}.")
    return value


def _number(name: str, value: object, low: float, high: float) -> float:
    if not _finite(value):
        raise PlanError(f"{name} {told(value)} is not a number; give one from {low:g} to {high:g}.")
    number = float(cast("float", value))
    if not low <= number <= high:
        raise PlanError(f"{name} {number:g} is outside {low:g} to {high:g}.")
    return number


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise PlanError(
            f"{name} {told(value)} is not a whole number; give one from {low} to {high}."
        )
    if not low <= value <= high:
        raise PlanError(f"{name} {told(value)} is outside {low} to {high}.")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PlanError(f"{name} {told(value)} is neither true nor false.")
    return value


def _hidden_units(value: object) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)) or len(value) > MOST_LAYERS:
        raise PlanError(
            f"Hidden units {told(value)}: give a list with the units of 0 to {MOST_LAYERS} layers,"
            " such as [64]."
        )
    return tuple(_whole("Hidden units", units, 1, 256) for units in value)


# How each field is read from a value that nobody vouches for.
_CHECKS: dict[str, Callable[[object], Any]] = {
    "dataset": lambda value: _one_of("Dataset", value, tuple(DATASETS)),
    "network": lambda value: _one_of("Network", value, NETWORKS),
    "hidden_units": _hidden_units,
    "activation": lambda value: _one_of("Activation", value, ACTIVATIONS),
    "dropout": lambda value: _number("Dropout", value, 0.0, 0.8),
    "optimizer": lambda value: _one_of("Optimizer", value, OPTIMIZERS),
    "learning_rate": lambda value: _number("Learning rate", value, 0.0001, 1.0),
    "momentum": lambda value: _number("Momentum", value, 0.0, 0.99),
    "nesterov": lambda value: _flag("Nesterov", value),
    "weight_decay": lambda value: _number("Weight decay", value, 0.0, 0.5),
    "batch_size": lambda value: _whole("Batch size", value, 8, 512),
    "epochs": lambda value: _whole("Epochs", value, 1, 50),
    "seed": lambda value: _whole("Seed", value, 0, 2**31 - 1),
    "validation_fraction": lambda value: _number("Validation fraction", value, 0.0, 0.5),
    "compiled": lambda value: _flag("Compiled", value),
    "watched_row": lambda value: _whole("Watched row", value, 0, 9_999),
}
