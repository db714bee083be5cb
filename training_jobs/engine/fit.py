"""Trains a network and reports every step of the way.

The arithmetic is that of `model.fit`: for each batch, the gradient of the mean loss, then one step
of the optimizer. The loop over batches is compiled, so that reporting costs more than it does.
"""

import time

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from training_jobs.engine import networks
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.deltas import Kernels
from training_jobs.engine.plan import Plan
from training_jobs.engine.predictions import first_batch_stage, follow_row, test_stage
from training_jobs.engine.progress import (
    Diverged,
    Epoch,
    OnProgress,
    Result,
    ShouldStop,
    Start,
    Stopped,
    Tick,
)

Floats = NDArray[np.float32]
TICKS_PER_EPOCH = 8


def fit(plan: Plan, data: Dataset, on_progress: OnProgress, should_stop: ShouldStop) -> None:
    """Trains `plan` on `data`; reports a Start, Ticks and Epochs, and at last a Result.

    Raises Stopped between two chunks of steps when `should_stop()` is true, and Diverged when the
    loss is no longer a number. The same plan on the same machine ends with the same weights.
    """
    Training(plan, data, on_progress, should_stop).run()


def batch_order(plan: Plan, rows: int, epoch: int) -> NDArray[np.int64]:
    """The order of the training rows in an epoch: a permutation of (seed, epoch).

    Keras's `fit` with a seed repeats one order in every epoch; this does not.
    """
    return np.random.default_rng((plan.seed, epoch)).permutation(rows)


class Training:
    """One run of the engine, from the untrained model to its result."""

    def __init__(
        self, plan: Plan, data: Dataset, on_progress: OnProgress, should_stop: ShouldStop
    ) -> None:
        self.plan, self.data = plan, data
        self.report, self.should_stop = on_progress, should_stop
        self.model = networks.build(plan, data.features, data.classes)
        self.optimizer = networks.optimizer(plan)
        self.optimizer.build(self.model.trainable_variables)
        self.loss = keras.losses.SparseCategoricalCrossentropy(reduction="none")
        self.held_out = int(len(data.x_train) * plan.validation_fraction)
        self.rows = len(data.x_train) - self.held_out
        # The whole set lives in TensorFlow's memory; a batch is gathered there by its row numbers.
        self.x, self.y = tf.constant(data.x_train), tf.constant(data.y_train)
        self.kernels = Kernels(self.model, data.x_train[:512])
        self.step = 0

    def run(self) -> None:
        started = time.perf_counter()
        before = self._evaluate(self.data.x_test, self.data.y_test)
        self._report_start(before)
        for epoch in range(1, self.plan.epochs + 1):
            self._train_epoch(epoch)
        self._report_result(before[1], time.perf_counter() - started)

    def _train_epoch(self, epoch: int) -> None:
        started = time.perf_counter()
        totals = np.zeros(2)
        seen = 0
        for chunk in self._chunks(epoch):
            if self.should_stop():
                raise Stopped
            sums = np.array(self._train_chunk(tf.constant(chunk)))
            self.step += len(chunk)
            seen += chunk.size
            totals += sums
            at = epoch - 1 + seen / self.rows
            self._report_tick(at, sums / chunk.size)
        self._report_epoch(epoch, totals / self.rows, time.perf_counter() - started)

    def _chunks(self, epoch: int) -> list[NDArray[np.int64]]:
        """Row numbers, cut into chunks of whole batches, (steps, batch); the last may be short."""
        order, size = batch_order(self.plan, self.rows, epoch), self.plan.batch_size
        whole = order[: self.rows // size * size].reshape(-1, size)
        parts = min(TICKS_PER_EPOCH, len(whole))
        chunks = np.array_split(whole, parts) if parts else []
        rest = order[whole.size :]
        return [*chunks, rest[None]] if rest.size else list(chunks)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]  # TensorFlow has no stubs
    def _train_chunk(self, order: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Trains on each batch of row numbers in turn; returns summed loss and right answers."""
        loss_sum, right = tf.constant(0.0), tf.constant(0.0)
        for number in tf.range(tf.shape(order)[0]):
            x, y = tf.gather(self.x, order[number]), tf.gather(self.y, order[number])
            with tf.GradientTape() as tape:
                probabilities = self.model(x, training=True)
                losses = self.loss(y, probabilities)
                loss = tf.reduce_mean(losses)
            variables = self.model.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            loss_sum += tf.reduce_sum(losses)
            right += _right(y, probabilities)
        return loss_sum, right

    def _evaluate(self, x: Floats, y: NDArray[np.int64]) -> tuple[float, float]:
        """Mean loss and accuracy of the model as it is."""
        loss, right = self._sums(tf.constant(x), tf.constant(y))
        return float(loss) / len(x), float(right) / len(x)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]  # TensorFlow has no stubs
    def _sums(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        probabilities = self.model(x, training=False)
        return tf.reduce_sum(self.loss(y, probabilities)), _right(y, probabilities)

    def _report_start(self, before: tuple[float, float]) -> None:
        described = {
            **self.data.describe(),
            "train_rows": self.rows,
            "validation_rows": self.held_out,
            "stages": [*self.data.stages, first_batch_stage(self.model, self.data, self.plan)],
        }
        self.report(
            Start(
                plan=self.plan.as_json(),
                dataset=described,
                parameters=self.model.count_params(),
                test_loss_before=before[0],
                test_accuracy_before=before[1],
                layers=self.kernels.state(samples=True),
            )
        )

    def _report_tick(self, at: float, means: NDArray[np.float64]) -> None:
        loss, accuracy, layers = float(means[0]), float(means[1]), self.kernels.state()
        # Keras clips probabilities before their logarithm, so weights may overflow unseen by the
        # loss: look at both.
        if not np.isfinite([loss, *(layer.delta_norm for layer in layers)]).all():
            raise Diverged(at)
        self.report(Tick(at, self.step, loss, accuracy, layers))

    def _report_epoch(self, epoch: int, means: NDArray[np.float64], seconds: float) -> None:
        val_loss = val_accuracy = None
        if self.held_out:
            held_out = slice(self.rows, None)
            val_loss, val_accuracy = self._evaluate(
                self.data.x_train[held_out], self.data.y_train[held_out]
            )
        self.report(
            Epoch(
                epoch=epoch,
                loss=float(means[0]),
                accuracy=float(means[1]),
                val_loss=val_loss,
                val_accuracy=val_accuracy,
                seconds=seconds,
                layers=self.kernels.state(samples=True),
            )
        )

    def _report_result(self, accuracy_before: float, seconds: float) -> None:
        loss, accuracy = self._evaluate(self.data.x_test, self.data.y_test)
        self.report(
            Result(
                test_loss=loss,
                test_accuracy=accuracy,
                test_accuracy_before=accuracy_before,
                seconds=seconds,
                layers=self.kernels.state(samples=True),
                prediction=follow_row(self.model, self.data, row=0),
                stages=[test_stage(self.model, self.data)],
            )
        )


def _right(y: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """How many rows have their true class as the most probable one."""
    hits = tf.equal(tf.argmax(probabilities, axis=1), y)
    return tf.reduce_sum(tf.cast(hits, tf.float32))
