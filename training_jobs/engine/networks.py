"""Builds the network and the optimizer that a plan asks for."""

import math
import random
from collections.abc import Iterator

from training_jobs.engine.library import keras
from training_jobs.engine.plan import Plan

FILTERS = 8
KERNEL = 3
POOL = 2


def build(plan: Plan, shape: tuple[int, ...], classes: int) -> keras.Sequential:
    """A network with Glorot-uniform kernels drawn from the plan's seed.

    Input (rows, features), `shape` being that of one row before it was flattened; output
    (rows, classes): a probability for each class.
    """
    layers = _seeded_layers(plan, shape, classes)
    return keras.Sequential([keras.Input((math.prod(shape),), name="input"), *layers])


def redraw(model: keras.Sequential, plan: Plan, shape: tuple[int, ...], classes: int) -> None:
    """Gives a network that `build` made the very values that `build` would give it for `plan`.

    Most of the time that `build` takes goes into making variables and connecting layers.
    """
    for layer, fresh in zip(model.layers, _seeded_layers(plan, shape, classes), strict=True):
        if layer.weights:
            layer.kernel.assign(fresh.kernel_initializer(layer.kernel.shape))
            layer.bias.assign(fresh.bias_initializer(layer.bias.shape))
        elif isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign(fresh.seed_generator.state)


def _seeded_layers(plan: Plan, shape: tuple[int, ...], classes: int) -> list[keras.Layer]:
    """The layers as they are after `keras.utils.set_random_seed(plan.seed)`, without variables yet.

    Of the generators that Keras's function seeds, layers draw from this one alone, when they are
    made. The function would also empty TensorFlow's cache of compiled operations.
    """
    random.seed(plan.seed)
    return list(_layers(plan, shape, classes))


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
    """The plan's optimizer, with Keras's defaults for everything that the plan does not name."""
    rate = plan.learning_rate
    if plan.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=plan.momentum, nesterov=plan.nesterov)
    if plan.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(rate, momentum=plan.momentum)
    if plan.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=plan.weight_decay)
    kinds = {"adam": keras.optimizers.Adam, "adagrad": keras.optimizers.Adagrad}
    return kinds[plan.optimizer](rate)
