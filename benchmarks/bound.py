"""What cannot be avoided: the tutorial's matrix products and its Adam updates, and nothing else.

No Keras, no loss, no accuracy, no shuffling, no validation, no report: one compiled loop over
batches that lie one after the other. A training of this plan can only be slower.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from training_jobs.engine.datasets import Dataset

BATCH, UNITS, EPOCHS = 32, 64, 5
RATE, DECAY_1, DECAY_2, EPSILON = 0.001, 0.9, 0.999, 1e-7


def compiled(data: Dataset) -> Callable[[], None]:
    """A function that trains 784-64-10 (or what the data has) for five epochs, compiled already."""
    rows = data.training_rows(0.1) // BATCH * BATCH
    x = tf.constant(data.x_train[:rows])
    y = tf.one_hot(data.y_train[:rows], data.classes)
    drawn = np.random.default_rng(0)
    shapes = [(data.features, UNITS), (UNITS,), (UNITS, data.classes), (data.classes,)]
    weights = [tf.Variable(drawn.normal(0, 0.05, shape).astype(np.float32)) for shape in shapes]
    means = [tf.Variable(tf.zeros(shape)) for shape in shapes]
    squares = [tf.Variable(tf.zeros(shape)) for shape in shapes]

    def gradients(inputs: tf.Tensor, targets: tf.Tensor) -> list[tf.Tensor]:
        hidden = tf.nn.relu(inputs @ weights[0] + weights[1])
        error = (tf.nn.softmax(hidden @ weights[2] + weights[3]) - targets) / BATCH
        inner = tf.where(hidden > 0, tf.matmul(error, weights[2], transpose_b=True), 0.0)
        return [
            tf.matmul(inputs, inner, transpose_a=True),
            tf.reduce_sum(inner, axis=0),
            tf.matmul(hidden, error, transpose_a=True),
            tf.reduce_sum(error, axis=0),
        ]

    def epoch(step: tf.Tensor) -> tf.Tensor:
        for at in tf.range(0, rows, BATCH):
            step += 1.0
            rate = RATE * tf.sqrt(1 - DECAY_2**step) / (1 - DECAY_1**step)
            # Of a size that is known when it is compiled; XLA would copy all rows otherwise.
            inputs = tf.slice(x, (at, 0), (BATCH, data.features))
            targets = tf.slice(y, (at, 0), (BATCH, data.classes))
            for weight, mean, square, gradient in zip(
                weights, means, squares, gradients(inputs, targets), strict=True
            ):
                mean.assign_add((gradient - mean) * (1 - DECAY_1))
                square.assign_add((gradient * gradient - square) * (1 - DECAY_2))
                weight.assign_sub(rate * mean / (tf.sqrt(square) + EPSILON))
        return step

    compiled_epoch = tf.function(epoch, jit_compile=True)

    def train() -> None:
        step = tf.constant(0.0)
        for _ in range(EPOCHS):
            step = compiled_epoch(step)
        step.numpy()

    train()
    return train
