"""Trains a network and reports every step of the way.

The arithmetic is that of `model.fit`: for each batch, the gradient of the mean loss, then one step
of the optimizer (`programs.Program`). What is added here is the order of the batches, and reports
between them: the loop over batches is compiled and takes any stretch of an epoch, so it is run in
chunks short enough to watch.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training_jobs.engine.checkpoints import Checkpoint
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.deltas import Kernels
from training_jobs.engine.library import tf
from training_jobs.engine.plan import Plan
from training_jobs.engine.predictions import first_batch_stage, follow_row, picture_of, test_stage
from training_jobs.engine.programs import Program, program_for
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

# At least this many reports an epoch, and in a long epoch one about this often.
TICKS_PER_EPOCH = 8
TICK_SECONDS = 0.08
# The first point should come at once, and be more than one batch's luck.
FIRST_STEPS = 32


@dataclass
class Totals:
    """Sums over the rows that an epoch has seen so far."""

    loss: float = 0.0
    right: float = 0.0
    rows: int = 0


def fit(
    plan: Plan,
    data: Dataset,
    on_progress: OnProgress,
    should_stop: ShouldStop,
    resume: Checkpoint | None = None,
) -> None:
    """Trains `plan` on `data`; reports a Start, Ticks and Epochs, and at last a Result.

    With `resume` it goes on after that checkpoint's epoch, without a Start. Raises Stopped between
    two chunks of steps when `should_stop()` is true, and Diverged when a number is not finite.
    The same plan on the same machine ends with the same weights, resumed or not.
    """
    Training(plan, data, on_progress, should_stop).run(resume)


def batch_order(plan: Plan, rows: int, epoch: int) -> NDArray[np.int64]:
    """The order of the training rows in an epoch: a permutation of (seed, epoch).

    Keras's `fit` with a seed repeats one order in every epoch; this does not.
    """
    return np.random.default_rng((plan.seed, epoch)).permutation(rows)


class Training:
    """One run of the engine, from the untrained network to its result."""

    def __init__(
        self, plan: Plan, data: Dataset, on_progress: OnProgress, should_stop: ShouldStop
    ) -> None:
        self.plan, self.data = plan, data
        self.report, self.should_stop = on_progress, should_stop
        self.program: Program = program_for(plan, data)
        self.rows = data.training_rows(plan.validation_fraction)
        self.kernels = Kernels(self.program, data.x_train[: min(512, self.rows)])
        self.step = 0
        self.seconds_before = 0.0
        self.steps_a_chunk = FIRST_STEPS
        self.started = time.perf_counter()

    def run(self, resume: Checkpoint | None) -> None:
        before = self.program.measure_test()
        if resume:
            resume.restore(self.program)
            self.step, self.seconds_before = resume.step, resume.seconds
        else:
            self._report_start(before)
        for epoch in range((resume.epoch if resume else 0) + 1, self.plan.epochs + 1):
            self._train_epoch(epoch)
        self._report_result(before[1])

    @property
    def seconds(self) -> float:
        """How long the run has trained, in this process and in those before it."""
        return self.seconds_before + time.perf_counter() - self.started

    def _train_epoch(self, epoch: int) -> None:
        started = time.perf_counter()
        order, size = batch_order(self.plan, self.rows, epoch), self.plan.batch_size
        whole = order[: self.rows // size * size].reshape(-1, size)
        short = order[None, whole.size :]
        totals, batches = Totals(), tf.constant(whole)
        for start, stop in self._chunks(len(whole)):
            self._train_chunk(epoch, batches, start, stop, totals)
        if short.size:  # the last batch, as it is for `model.fit`
            self._train_chunk(epoch, tf.constant(short), 0, 1, totals)
        self._report_epoch(epoch, totals, time.perf_counter() - started)

    def _chunks(self, steps: int) -> Iterator[tuple[int, int]]:
        """Stretches of an epoch's steps, each about as long as a watcher wants to wait."""
        longest = -(-steps // TICKS_PER_EPOCH)
        at = 0
        while at < steps:
            started = time.perf_counter()
            stop = min(steps, at + min(longest, self.steps_a_chunk))
            yield at, stop
            a_step = (time.perf_counter() - started) / (stop - at)
            self.steps_a_chunk = max(1, int(TICK_SECONDS / a_step))
            at = stop

    def _train_chunk(
        self, epoch: int, batches: tf.Tensor, start: int, stop: int, totals: Totals
    ) -> None:
        if self.should_stop():
            raise Stopped
        loss, right, gradient_norm = self.program.train(batches, start, stop)
        rows = (stop - start) * batches.shape[1]
        self.step += stop - start
        totals.loss, totals.right, totals.rows = (
            totals.loss + loss,
            totals.right + right,
            totals.rows + rows,
        )
        at = epoch - 1 + totals.rows / self.rows
        self._report_tick(at, loss / rows, right / rows, gradient_norm)

    def _report_start(self, before: tuple[float, float]) -> None:
        data, watched = self.data, self.plan.watched_row
        described = {
            **data.describe(self.plan.validation_fraction),
            "stages": [*data.stages, first_batch_stage(self.program, data, self.plan)],
        }
        self.report(
            Start(
                plan=self.plan.as_json(),
                dataset=described,
                parameters=self.program.model.count_params(),
                test_loss_before=before[0],
                test_accuracy_before=before[1],
                layers=self.kernels.state(samples=True, histograms=True),
                prediction={**self._prediction(), "picture": picture_of(data, watched)},
            )
        )

    def _prediction(self) -> dict[str, Any]:
        return follow_row(self.program, self.data, self.plan.watched_row)

    def _report_tick(self, at: float, loss: float, accuracy: float, gradient_norm: float) -> None:
        layers = self.kernels.state()
        # Keras clips probabilities before their logarithm, so weights may overflow unseen by the
        # loss: look at both.
        if not np.isfinite([loss, *(layer.delta_norm for layer in layers)]).all():
            raise Diverged(at)
        self.report(Tick(at, self.step, loss, accuracy, layers, gradient_norm))

    def _report_epoch(self, epoch: int, totals: Totals, seconds: float) -> None:
        val_loss = val_accuracy = None
        if self.rows < len(self.data.x_train):
            val_loss, val_accuracy = self.program.measure_held_out()
        self.report(
            Epoch(
                epoch=epoch,
                loss=totals.loss / totals.rows,
                accuracy=totals.right / totals.rows,
                val_loss=val_loss,
                val_accuracy=val_accuracy,
                seconds=seconds,
                layers=self.kernels.state(samples=True, histograms=True),
                prediction=self._prediction(),
            )
        )
        for snapshot in self.kernels.snapshots(epoch, self.data.shape):
            self.report(snapshot)
        self.report(Checkpoint.of(self.program, epoch, self.step, self.seconds))

    def _report_result(self, accuracy_before: float) -> None:
        seconds = self.seconds
        loss, accuracy = self.program.measure_test()
        self.report(
            Result(
                test_loss=loss,
                test_accuracy=accuracy,
                test_accuracy_before=accuracy_before,
                seconds=seconds,
                layers=self.kernels.state(samples=True, histograms=True),
                prediction=self._prediction(),
                stages=[test_stage(self.program, self.data)],
                weights_digest=self.kernels.digest(),
            )
        )
