"""A plan's fields and values as people read them. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {
    "dataset": "Data",
    "network": "Kind of network",
    "hidden_units": "Hidden layers",
    "activation": "Activation",
    "dropout": "Dropout",
    "optimizer": "Optimizer",
    "learning_rate": "Learning rate",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "weight_decay": "Weight decay",
    "batch_size": "Batch size",
    "epochs": "Epochs",
    "seed": "Seed",
    "validation_fraction": "Held out for validation",
    "compiled": "Compiled by XLA",
    "watched_row": "Watched test row",
}
NAMES = {
    "mnist": "MNIST digits",
    "tabular": "a synthetic table",
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "relu": "ReLU",
    "gelu": "GELU",
}


def said(field: str, value: Any) -> str:
    """One value of a plan's field, short enough for a list to choose from."""
    if field == "hidden_units":
        return layers(value)
    if field == "validation_fraction":
        return f"{value * 100:g}\N{NO-BREAK SPACE}% of the training rows" if value else "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NAMES.get(value, value) if isinstance(value, str) else f"{value:g}"


def layers(units: Sequence[int]) -> str:
    """The hidden layers: “one of 64 units”, “two of 64 and 32 units”, “none”."""
    if not units:
        return "none"
    sizes = " and ".join(filter(None, [", ".join(map(str, units[:-1])), str(units[-1])]))
    return f"{('one', 'two', 'three')[len(units) - 1]} of {sizes} unit{'s' * (units != [1])}"


def network(plan: Mapping[str, Any]) -> str:
    """The network of a plan in a line, from its first layer to its output."""
    return ", then ".join([*_before_output(plan), "one output per class (softmax)"])


def hidden(plan: Mapping[str, Any]) -> str:
    """What stands between input and output of a plan's network."""
    return ", then ".join(_before_output(plan)) or "no hidden layer"


def _before_output(plan: Mapping[str, Any]) -> list[str]:
    parts = []
    if plan.get("network") == "convolutional":
        parts.append("a convolution of 8 filters, 3 × 3 pixels each, and pooling")
    if units := plan["hidden_units"]:
        number, rest = layers(units).split(" ", 1)
        plural = "layer" if len(units) == 1 else "layers"
        parts.append(f"{number} hidden {plural} {rest} ({said('activation', plan['activation'])})")
    if plan.get("dropout"):
        parts.append(f"dropout of {plan['dropout']:g} after each")
    return parts


def optimizer(plan: Mapping[str, Any]) -> str:
    """The optimizer of a plan with what is set of it."""
    settings = [f"learning rate {plan['learning_rate']:g}"]
    if momentum := plan.get("momentum"):
        settings.append(f"{'Nesterov ' if plan.get('nesterov') else ''}momentum {momentum:g}")
    if decay := plan.get("weight_decay"):
        settings.append(f"weight decay {decay:g}")
    return f"{said('optimizer', plan['optimizer'])} with {' and '.join(settings)}"
