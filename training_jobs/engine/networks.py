"""Builds the network and the optimizer that a plan asks for."""

import math
from collections.abc import Iterator

import keras

from training_jobs.engine.plan import Plan

FILTERS = 8
KERNEL = 3
POOL = 2


def build(plan: Plan, shape: tuple[int, ...], classes: int) -> keras.Sequential:
    """A network with Glorot-uniform kernels drawn from the plan's seed.

    Input (rows, features), `shape` being that of one row before it was flattened; output
    (rows, classes): a probability for each class.
    """
    keras.utils.set_random_seed(plan.seed)
    features = math.prod(shape)
    return keras.Sequential(
        [keras.Input((features,), name="input"), *_layers(plan, shape, classes)]
    )


def fresh_variables(plan: Plan, shape: tuple[int, ...], classes: int) -> Iterator[keras.Variable]:
    """The variables that `build` would give the network, in their order, without the network.

    Most of the time that `build` takes goes into connecting the layers.
    """
    keras.utils.set_random_seed(plan.seed)
    at: tuple[int | None, ...] = (None, math.prod(shape))
    for layer in list(_layers(plan, shape, classes)):
        layer.build(at)
        at = layer.compute_output_shape(at)
        yield from layer.variables


def _layers(plan: Plan, shape: tuple[int, ...], classes: int) -> Iterator[keras.Layer]:
    if plan.network == "convolutional":
        yield keras.layers.Reshape((*shape, 1), name="picture")
        yield keras.layers.Conv2D(FILTERS, KERNEL, activation=plan.activation, name="filters")
        yield keras.layers.MaxPooling2D(POOL, name="pool")
        yield keras.layers.Flatten(name="flat")
    for number, units in enumerate(plan.hidden_units, start=1):
        yield keras.layers.Dense(units, activation=plan.activation, name=f"hidden_{number}")
        if plan.dropout:
            yield keras.layers.Dropout(plan.dropout, name=f"dropout_{number}")
    yield keras.layers.Dense(classes, activation="softmax", name="output")


def optimizer(plan: Plan) -> keras.optimizers.Optimizer:
    """The plan's optimizer with Keras's defaults for whatever the plan does not name."""
    rate = plan.learning_rate
    if plan.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=plan.momentum, nesterov=plan.nesterov)
    if plan.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, momentum=plan.momentum)
    if plan.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=plan.weight_decay)
    kinds = {"adam": keras.optimizers.Adam, "adagrad": keras.optimizers.Adagrad}
    return kinds[plan.optimizer](rate)
