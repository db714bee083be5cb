"""The figures of a finished run that a page may state, as a reader writes them. Pure."""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context
from typing import Any

from training_jobs.engine.estimates import SHAPES, STOOD_IN_FOR, estimate
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.history import Data, History

ROUNDED_TO_MINUTES = 100
# What is written where there is no number.
NONE = "–"
MINUS = "\N{MINUS SIGN}"
# From here on decimals tell nothing, and from there on digits.
LARGE, HUGE = 1_000, 1_000_000
# JavaScript rounds a tie of this kind up.
TWO_DIGITS = Context(prec=2, rounding=ROUND_HALF_UP)


def percent(fraction: float | None) -> str:
    """A fraction as a percentage with one decimal: 0.9703 becomes 97.0 %."""
    written = NONE if fraction is None else decimal(fraction * 100, 1)
    return NONE if written == NONE else f"{written}\N{NO-BREAK SPACE}%"


def points(difference: float | None) -> str:
    """A difference of two fractions in percentage points, with one decimal: 14.5."""
    return NONE if difference is None else decimal(difference * 100, 1)


def decimal(value: float | None, digits: int = 3) -> str:
    """A loss, a norm or a weight with as many decimals as tell something.

    From a thousand on it has none, from a million on two digits and a power of ten: what nearly
    diverged reads 8.4e11. run-words.js writes the same.
    """
    if value is None or not math.isfinite(value):
        return NONE
    if abs(value) < LARGE:
        return _with_minus(f"{value:.{digits}f}")
    if abs(value) < HUGE:
        return _with_minus(f"{value:,.0f}")
    return _with_minus(_power(value))


def _with_minus(written: str) -> str:
    """A number with a minus in place of a hyphen, and none before a zero."""
    digits = written.removeprefix("-")
    if digits == written or not digits.strip("0.,"):
        return digits
    return f"{MINUS}{digits}"


def points_between(before: float, after: float) -> float:
    """How many points lie between two fractions as `percent` shows them."""
    return round(round(after * 100, 1) - round(before * 100, 1), 1)


def tick(value: float) -> str:
    """A number at an axis, as short as it can be."""
    return _with_minus(_power(value) if abs(value) >= HUGE else f"{value:g}")


def _power(value: float) -> str:
    number, exponent = f"{TWO_DIGITS.create_decimal(value):.1e}".split("e")
    return f"{number}e{int(exponent)}"


def whole(value: int) -> str:
    """A count with a separator between thousands."""
    return f"{value:,}"


def seconds(value: float) -> str:
    """An estimated time in seconds or minutes, no finer than an estimate can be."""
    if value < 1:
        return "a second"
    if value < ROUNDED_TO_MINUTES:
        return f"{value:.0f}\N{NO-BREAK SPACE}second{'s' * (round(value) != 1)}"
    return f"{value / 60:.0f}\N{NO-BREAK SPACE}minutes"


def _start(read: Callable[[Data], Any]) -> Callable[[History], Any]:
    return lambda history: read(history.start or {})


def _result(read: Callable[[Data], Any]) -> Callable[[History], Any]:
    return lambda history: read(history.result or {})


METRICS: dict[str, Callable[[History], str]] = {
    "test_accuracy": _result(lambda r: percent(r["test_accuracy"])),
    "test_accuracy_before": _start(lambda s: percent(s["test_accuracy_before"])),
    "train_accuracy": lambda history: percent(history.epochs[-1]["accuracy"]),
    "test_loss": _result(lambda r: decimal(r["test_loss"])),
    "test_loss_before": _start(lambda s: decimal(s["test_loss_before"])),
    "train_loss": lambda history: decimal(history.epochs[-1]["loss"]),
    "parameters": _start(lambda s: whole(s["parameters"])),
    "train_rows": _start(lambda s: whole(s["dataset"]["train_rows"])),
    "validation_rows": _start(lambda s: whole(s["dataset"]["validation_rows"])),
    "test_rows": _start(lambda s: whole(s["dataset"]["test_rows"])),
    "features": _start(lambda s: whole(s["dataset"]["features"])),
    "classes": _start(lambda s: whole(s["dataset"]["classes"])),
    "dead_inputs": _start(lambda s: whole(s["dataset"]["dead_inputs"])),
    "dataset": _start(lambda s: s["dataset"]["title"]),
    "epochs": _start(lambda s: whole(s["plan"]["epochs"])),
    "batch_size": _start(lambda s: whole(s["plan"]["batch_size"])),
    "steps": lambda history: whole(history.updates),
    "relative_delta_1": _result(lambda r: percent(r["layers"][0]["relative_delta"])),
    "relative_delta_2": _result(lambda r: percent(r["layers"][1]["relative_delta"])),
}


# Figures of a layer: how many layers with weights a network needs to have them.
OF_LAYERS = {"relative_delta_1": 1, "relative_delta_2": 2}


def missing_figure(plan: Plan, slug: str, metric: str) -> str:
    """Why runs of the plan have no such figure, and what to do; empty when they have it."""
    layers = len(plan.hidden_units) + 1 + (plan.network == "convolutional")
    wanted = OF_LAYERS.get(metric, 0)
    if wanted <= layers:
        return ""
    has = "one layer" if layers == 1 else f"{layers} layers"
    return (
        f"{slug} has {has} with weights, so there is no {metric}: name another figure, or give its"
        " plan more hidden_units."
    )


# What is known of a run from its start on, however it ended. Not what its plan had in store: a run
# that diverged has not made all its steps and epochs.
OF_START = frozenset(
    {
        "test_accuracy_before",
        "test_loss_before",
        "parameters",
        "train_rows",
        "validation_rows",
        "test_rows",
        "features",
        "classes",
        "dead_inputs",
        "dataset",
        "batch_size",
    }
)


def figure_of_start(history: History | None, metric: str) -> str | None:
    """The figure of a run that may have no result; None for one that only a result has."""
    if history is None or history.start is None or metric not in OF_START:
        return None
    return METRICS[metric](history)


def figure_of_plan(values: Mapping[str, Any], metric: str) -> str | None:
    """A figure that the plan settles before any run of it; None for all others.

    Digits may stand in for MNIST, so a plan for MNIST says nothing of the size of its data.
    """
    try:
        plan = Plan.parse(values)
    except PlanError:
        return None
    shape, classes, rows = SHAPES[plan.dataset]
    known = {"batch_size": plan.batch_size, "epochs": plan.epochs, "classes": classes}
    if plan.dataset not in STOOD_IN_FOR:
        trained = math.floor(rows * (1.0 - plan.validation_fraction))
        known |= {"features": math.prod(shape), "train_rows": trained}
        known |= {"validation_rows": rows - trained, "parameters": estimate(plan).parameters}
        known |= {"steps": math.ceil(trained / plan.batch_size) * plan.epochs}
    return whole(known[metric]) if metric in known else None


def figure(history: History | None, metric: str) -> str | None:
    """The figure of a finished run; None while there is none, or for an unknown metric."""
    if history is None or history.result is None or metric not in METRICS:
        return None
    try:
        return METRICS[metric](history)
    except IndexError:  # a figure of a layer that this network does not have
        return None
