"""What to train: validated hyperparameters. Knows no TensorFlow."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

DATASETS = {"mnist": "MNIST digits", "tabular": "a made-up table"}
ACTIVATIONS = ("relu", "tanh", "sigmoid")
OPTIMIZERS = ("sgd", "adam", "rmsprop")


class PlanError(ValueError):
    """A plan that cannot be trained. The text names the field, the value and what is possible."""


@dataclass(frozen=True)
class Plan:
    """The hyperparameters of one run.

    Names follow Keras: https://keras.io/api/optimizers/ and https://keras.io/api/layers/.
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
    momentum: float = 0.0
    validation_fraction: float = 0.0

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "Plan":
        """A plan from untrusted values; raises PlanError in the reader's words."""
        known = sorted(field.name for field in fields(cls))
        if unknown := sorted(set(values) - set(known)):
            raise PlanError(f"Unknown field {', '.join(unknown)}; a plan has {', '.join(known)}.")
        optional = {"momentum": 0.0, "validation_fraction": 0.0}
        if missing := sorted(set(known) - set(values) - set(optional)):
            raise PlanError(f"Missing field {', '.join(missing)}.")
        given = {**optional, **values}
        return cls(
            dataset=_one_of("Dataset", given["dataset"], tuple(DATASETS)),
            hidden_units=_hidden_units(given["hidden_units"]),
            activation=_one_of("Activation", given["activation"], ACTIVATIONS),
            optimizer=_one_of("Optimizer", given["optimizer"], OPTIMIZERS),
            learning_rate=_number("Learning rate", given["learning_rate"], 0.0001, 1.0),
            batch_size=_whole("Batch size", given["batch_size"], 8, 512),
            epochs=_whole("Epochs", given["epochs"], 1, 20),
            seed=_whole("Seed", given["seed"], 0, 2**31 - 1),
            momentum=_momentum(given["momentum"], given["optimizer"]),
            validation_fraction=_number(
                "Validation fraction", given["validation_fraction"], 0.0, 0.5
            ),
        )

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values; `Plan.parse` reads it back."""
        return {**asdict(self), "hidden_units": list(self.hidden_units)}

    @property
    def digest(self) -> str:
        """sha256 of the plan's canonical JSON."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise PlanError(f"{name} {value!r} is not known; choose one of {', '.join(allowed)}.")
    return value


def _number(name: str, value: object, low: float, high: float) -> float:
    # bool is an int to Python; as a hyperparameter it is a mistake.
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise PlanError(f"{name} {value!r} is not a number; give one from {low:g} to {high:g}.")
    if not low <= value <= high:
        raise PlanError(f"{name} {value:g} is outside {low:g} to {high:g}.")
    return float(value)


def _whole(name: str, value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise PlanError(f"{name} {value!r} is not a whole number; give one from {low} to {high}.")
    if not low <= value <= high:
        raise PlanError(f"{name} {value} is outside {low} to {high}.")
    return value


def _hidden_units(value: object) -> tuple[int, ...]:
    if not isinstance(value, (list, tuple)) or len(value) != 1:
        raise PlanError(f"Hidden units {value!r}: give a list of one layer's units, such as [64].")
    return tuple(_whole("Hidden units", units, 1, 256) for units in value)


def _momentum(value: object, optimizer: object) -> float:
    momentum = _number("Momentum", value, 0.0, 0.99)
    if momentum and optimizer == "adam":
        raise PlanError("Momentum cannot be set for adam: it keeps a first moment of its own.")
    return momentum
