"""Between engine and database: a thread of the trainer that writes down what the engine reports.

The engine puts a report into a queue and trains on; it never waits for the database. The thread
takes all that has come and writes it in one transaction, which also extends the lease and brings
back whether the learner wants the run to end. So a run is recorded at once when the database is
idle, and in larger pieces when it is not.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import Self, TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from training_jobs import checkpoint_files, lifecycle
from training_jobs.engine.progress import CheckpointReport, Progress, Result, Tick
from training_jobs.events import Event
from training_jobs.models import Run

log = structlog.get_logger("weightwise.recording")

# Between two writes of ticks. Each takes the interpreter from the training for some milliseconds;
# a dozen a second still look like motion.
PAUSE_SECONDS = 0.08
HEARTBEAT_SECONDS = 1.0
SWITCH_SECONDS = 0.0002
# After the database was locked for longer than its own timeout, or was not there at all.
RETRY_SECONDS = 0.5
# Closer together, checkpoints cost more than they could save.
CHECKPOINT_SECONDS = 1.0

Report = Progress | Event
Answer = TypeVar("Answer")


def patiently(write: Callable[[], Answer]) -> Answer:
    """Tries `write` again while the database is locked or away, for as long as a run may last.

    Only for writes that change nothing the second time. Nobody can take the run away meanwhile,
    because that needs the database, too; the first to reach it when it is back has it.
    """
    deadline = time.monotonic() + settings.RUN_LIMIT_SECONDS
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > deadline:
                raise
            log.warning("database_awaited", error=str(error))
        time.sleep(RETRY_SECONDS)
        if not connection.in_atomic_block:
            connection.close()  # it may be the connection that is broken


class Recorder:
    """Writes down one run, in a `with` block around its training.

    `report` is for the engine's `on_progress`, `should_stop` for its question. At the block's end
    everything reported is recorded; LeaseLost, or another error that stopped the thread, is raised
    there.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.cancelled = False
        self.result: Result | None = None
        self.checkpoint: CheckpointReport | None = None
        self._deadline: float = time.monotonic() + settings.RUN_LIMIT_SECONDS
        self._saved_at = time.monotonic()
        self._reports: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def __enter__(self) -> Self:
        # The training comes back from TensorFlow many times a second and must not wait 5 ms, which
        # is Python's default, each time this thread is busy with its rows.
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._reports.put(None)  # wakes the thread
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def report(self, report: Report) -> None:
        """Takes a report and returns at once. The result is kept for the run's end."""
        if isinstance(report, Result):
            self.result = report
        else:
            self._reports.put(report)

    def should_stop(self) -> bool:
        """Whether the training is to end: cancelled, over its time, or no longer ours."""
        return bool(self.cancelled or self.late or self._failure)

    @property
    def late(self) -> bool:
        return time.monotonic() > self._deadline

    def _run(self) -> None:
        try:
            while not self._closing.is_set() or not self._reports.empty():
                self._write(self._next())
        except BaseException as error:  # noqa: BLE001  (raised again where the block ends)
            self._failure = error
        finally:
            connection.close()  # this thread's own

    def _next(self) -> list[Report]:
        """All reports that have come; none when it is time to say that the worker lives."""
        # Well within the lease, however short that is.
        patience = min(HEARTBEAT_SECONDS, settings.RUN_LEASE_SECONDS / 4)
        try:
            come = [self._reports.get(timeout=patience)]
        except queue.Empty:
            return []
        while not self._reports.empty():
            come.append(self._reports.get())
        return [report for report in come if report is not None]

    def _write(self, reports: list[Report]) -> None:
        events = [report for report in reports if not isinstance(report, CheckpointReport)]
        self.cancelled = patiently(lambda: lifecycle.record(self.run, *events))
        for report in reports:
            if isinstance(report, CheckpointReport):
                self.checkpoint = report
                self._keep(report)
        # What comes before the first tick must not delay it.
        if any(isinstance(event, Tick) for event in events):
            self._closing.wait(PAUSE_SECONDS)

    def _keep(self, checkpoint: CheckpointReport) -> None:
        """Writes the checkpoint if it is time; a run goes on without it when it cannot be kept."""
        last = checkpoint.epoch == self.run.plan["epochs"]
        if not last and time.monotonic() - self._saved_at < CHECKPOINT_SECONDS:
            return
        try:
            draft = checkpoint_files.draft(self.run.id, checkpoint.to_bytes())
        except OSError as error:
            log.warning("checkpoint_not_kept", run=str(self.run.id), error=str(error))
            return
        try:
            patiently(lambda: lifecycle.keep_checkpoint(self.run, checkpoint.epoch, draft))
        finally:
            draft.discard()
        self._saved_at = time.monotonic()
