"""How large a run will be, before it is accepted. Knows no TensorFlow."""

import hashlib
import json
import math
from dataclasses import dataclass, replace
from itertools import pairwise

from training_jobs.engine.plan import Plan

# The shape of each data set; digits replace MNIST where that is not available.
SHAPES = {
    "mnist": ((28, 28), 10, 60_000),
    "digits": ((8, 8), 10, 1_437),
    "tabular": ((10,), 2, 1_000),
}

TEST_ROWS = {"mnist": 10_000, "digits": 360, "tabular": 200}

STOOD_IN_FOR = frozenset({"mnist"})

# Fitted to warm, compiled runs on two cores, from a table's 25 ms to a convolution's 7 s; right
# within a factor of two. A run measures and describes itself at its start and after each epoch; a
# step costs this much whatever its size, and its arithmetic goes on at this rate. A convolution's
# windows are gathered and use the cores less well.
START_SECONDS = 0.05
EPOCH_SECONDS = 0.008
STEP_SECONDS = 30e-6
DENSE_FLOPS = 120e9
CONVOLUTION_FLOPS = 2.5e9
BYTES_A_NUMBER = 4
# Weights, gradients, and an optimizer's two moments.
COPIES = 4
FILTERS, WINDOW, POOL = 8, 3, 2


@dataclass(frozen=True)
class Estimate:
    """What a plan will take: trainable parameters, updates, seconds, and memory in MB.

    The memory is that of the network and one batch, beside what every trainer holds. `compiling` is
    the part of the seconds that a new program takes to compile before training.
    """

    parameters: int
    steps: int
    seconds: float
    megabytes: int
    compiling: float = 0.0


def estimate(plan: Plan, data: str = "") -> Estimate:
    """The size of a run of `plan` on the data set it names, or on its replacement `data`."""
    shape, classes, rows = SHAPES[data or plan.dataset]
    convolution, features = _convolution(plan, shape)
    widths = [features, *plan.hidden_units, classes]
    products = sum(before * after for before, after in pairwise(widths))
    parameters = products + sum(widths[1:]) + convolution.parameters
    trained = rows - int(rows * plan.validation_fraction)
    steps = math.ceil(trained / plan.batch_size) * plan.epochs
    # Forward, and backward for the weights and for the inputs: three products of two operations.
    flops = 6 * trained * plan.epochs
    seconds = (
        START_SECONDS
        + plan.epochs * EPOCH_SECONDS
        + steps * STEP_SECONDS
        + flops * products / DENSE_FLOPS
        + flops * convolution.products / CONVOLUTION_FLOPS
    )
    activations = plan.batch_size * (sum(widths) + convolution.outputs)
    numbers = COPIES * parameters + 2 * activations
    megabytes = math.ceil(numbers * BYTES_A_NUMBER / 1e6)
    return Estimate(parameters, steps, seconds, megabytes)


def kind_of(plan: Plan, data: str) -> str:
    """The kind of a run: durations are compared among runs of one kind."""
    return f"{data} {plan.network} {'xla' if plan.compiled else 'graph'}"


def program_key(plan: Plan, data: str) -> str:
    """Identifies the compiled program: plans with the same key share one."""
    shaping = replace(plan, seed=0, learning_rate=1.0, epochs=1, watched_row=0).as_json()
    return hashlib.sha256(json.dumps([shaping, data], sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Convolution:
    """The part of a network before its dense layers."""

    parameters: int = 0
    products: int = 0
    outputs: int = 0


def _convolution(plan: Plan, shape: tuple[int, ...]) -> tuple[_Convolution, int]:
    """The convolution, and how many features it hands to the dense layers."""
    if plan.network == "dense":
        return _Convolution(), math.prod(shape)
    sides = [side - WINDOW + 1 for side in shape]
    places = math.prod(sides)
    made = _Convolution(
        parameters=WINDOW * WINDOW * FILTERS + FILTERS,
        products=places * WINDOW * WINDOW * FILTERS,
        outputs=places * FILTERS,
    )
    return made, math.prod(side // POOL for side in sides) * FILTERS
