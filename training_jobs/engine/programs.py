"""Compiled training programs, kept warm between runs.

Tracing and compiling a training loop takes longer than a small run. What is compiled depends on the
shape of the network, of the data and of the batches, and on the optimizer's kind; the seed, the
learning rate and the number of epochs are values, so one program serves many runs.
"""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from training_jobs.engine import networks
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.estimates import program_key
from training_jobs.engine.library import keras, tf
from training_jobs.engine.plan import Plan

Floats = NDArray[np.float32]
Sums = tuple[float, float]

# What TensorFlow and Python raise when memory has run out.
OUT_OF_MEMORY = (tf.errors.ResourceExhaustedError, MemoryError)

# Each holds a model, its optimizer's state and compiled code: a few MB.
MOST_PROGRAMS = 24


def _is_of_use(record: logging.LogRecord) -> bool:
    """Lets everything pass but the warning of retraced functions.

    TensorFlow counts the tracings of a line of code. Ours is traced once for each program, and
    once more for the short last batch, and kept: nothing that could be avoided.
    """
    return "triggered tf.function retracing" not in record.getMessage()


tf.get_logger().addFilter(_is_of_use)


@dataclass(frozen=True)
class Tensors:
    """A data set in TensorFlow's memory, where batches are gathered by row number.

    Programs share it, because it is far larger than they are: 210 MB for MNIST.
    """

    x: tf.Tensor
    y: tf.Tensor
    held_out_x: tf.Tensor
    held_out_y: tf.Tensor
    test_x: tf.Tensor
    test_y: tf.Tensor


# Weak references: what no program uses is freed.
_shared: WeakValueDictionary[tuple[str, int], Tensors] = WeakValueDictionary()


def tensors_of(data: Dataset, rows: int) -> Tensors:
    """The data set's tensors; training rows from number `rows` on are held out."""
    key = data.digest, rows
    if held := _shared.get(key):
        return held
    if twin := next((held for (digest, _), held in _shared.items() if digest == data.digest), None):
        x, y, test = twin.x, twin.y, (twin.test_x, twin.test_y)
    else:
        x, y = tf.constant(data.x_train), tf.constant(data.y_train)
        test = tf.constant(data.x_test), tf.constant(data.y_test)
    # Cut once: a cut copies, and would do so after every epoch.
    made = _shared[key] = Tensors(x, y, x[rows:], y[rows:], *test)
    return made


class Program:
    """A network with its optimizer, and the compiled functions that train and measure it."""

    def __init__(self, plan: Plan, data: Dataset) -> None:
        self.model = networks.build(plan, data.shape, data.classes)
        self.optimizer = networks.optimizer(plan)
        self.optimizer.build(self.model.trainable_variables)
        self.blank = [variable.numpy() for variable in self.optimizer.variables]
        self.loss = keras.losses.SparseCategoricalCrossentropy(reduction="none")
        self.data = tensors_of(data, data.training_rows(plan.validation_fraction))
        self._train = tf.function(self._train_steps, jit_compile=plan.compiled)
        self._measure = tf.function(self._measure_rows, jit_compile=plan.compiled)
        rows = tf.TensorSpec((None, data.features), tf.float32)
        self._follow = tf.function(self._follow_rows, input_signature=[rows])

    def reset(self, plan: Plan, data: Dataset) -> None:
        """The untrained network of `plan` and an optimizer that remembers nothing."""
        networks.redraw(self.model, plan, data.shape, data.classes)
        for variable, value in zip(self.optimizer.variables, self.blank, strict=True):
            variable.assign(value)
        self.optimizer.learning_rate.assign(plan.learning_rate)

    def train(self, batches: tf.Tensor, start: int, stop: int) -> tuple[float, float, float]:
        """Trains on the batches from `start` to before `stop`.

        `batches` has row numbers, of shape (steps, batch). Returns the summed loss, the number of
        right answers, and the last gradient's L2 norm.
        """
        loss, right, norm = self._train(
            self.data.x, self.data.y, batches, tf.constant(start), tf.constant(stop)
        )
        return float(loss), float(right), float(norm)

    def layer_outputs(self, x: Floats) -> list[NDArray[Any]]:
        """What each layer in turn makes of the rows `x`, outside training."""
        return [output.numpy() for output in self._follow(x)]

    def measure_test(self) -> Sums:
        """Mean loss and accuracy on the test rows."""
        return self._means(self.data.test_x, self.data.test_y)

    def measure_held_out(self) -> Sums:
        """Mean loss and accuracy on the training rows that are held out."""
        return self._means(self.data.held_out_x, self.data.held_out_y)

    def _means(self, x: tf.Tensor, y: tf.Tensor) -> Sums:
        loss, right = self._measure(x, y)
        return float(loss) / len(x), float(right) / len(x)

    def _train_steps(
        self, x: tf.Tensor, y: tf.Tensor, batches: tf.Tensor, start: tf.Tensor, stop: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        # A while loop over the whole epoch's batches: other bounds need no other compilation.
        loss_sum, right, norm = tf.constant(0.0), tf.constant(0.0), tf.constant(0.0)
        step = start
        while step < stop:
            rows = batches[step]
            inputs, labels = tf.gather(x, rows), tf.gather(y, rows)
            with tf.GradientTape() as tape:
                probabilities = self.model(inputs, training=True)
                losses = self.loss(labels, probabilities)
                loss = tf.reduce_mean(losses)
            variables = self.model.trainable_variables
            gradients = tape.gradient(loss, variables)
            self.optimizer.apply(gradients, variables)
            loss_sum += tf.reduce_sum(losses)
            right += _right(labels, probabilities)
            step += 1
            if step == stop:
                norm = tf.linalg.global_norm(gradients)
        return loss_sum, right, norm

    def _follow_rows(self, x: tf.Tensor) -> list[tf.Tensor]:
        outputs = [x]
        for layer in self.model.layers:
            outputs.append(layer(outputs[-1], training=False))
        return outputs[1:]

    def _measure_rows(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        probabilities = self.model(x, training=False)
        return tf.reduce_sum(self.loss(y, probabilities)), _right(y, probabilities)


def _right(labels: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """How many rows have their true class as the most probable one."""
    hits = tf.equal(tf.argmax(probabilities, axis=1), labels)
    return tf.reduce_sum(tf.cast(hits, tf.float32))


_warm: OrderedDict[tuple[str, str], Program] = OrderedDict()


def program_for(plan: Plan, data: Dataset) -> Program:
    """The program for this plan, freshly reset; compiled before, if a like plan has run."""
    key = program_key(plan, data.name), data.digest
    program = _warm.pop(key, None) or Program(plan, data)
    _warm[key] = program  # the last one used stands last
    while len(_warm) > MOST_PROGRAMS:
        _warm.popitem(last=False)
    program.reset(plan, data)
    return program


def is_kept(plan: Plan, data: Dataset) -> bool:
    """Whether a run of this plan would find its program compiled."""
    return (program_key(plan, data.name), data.digest) in _warm


def keys_kept() -> list[str]:
    """The keys of the programs that are kept, the most recently used last."""
    return [key for key, _ in _warm]


def forget_all() -> None:
    """Drops every program and its data: what a worker does when memory has run out."""
    _warm.clear()
