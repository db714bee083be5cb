"""A pause before a worker tries its broker again. Only workers import this."""

import time
from typing import Any

import structlog
from celery.bootsteps import StartStopStep
from celery.worker.state import maybe_shutdown

from config.broker import LONGEST_PAUSE_SECONDS
from training_jobs.workers import refused

# A consumer that has run for this long did not fail at its start.
LASTING_SECONDS = 10

log = structlog.get_logger("weightwise.broker")


class Pause(StartStopStep):
    """Lets time pass before Celery's consumer starts again, more each time that it fails at once.

    A broker may take a connection and refuse all that is asked through it. Celery would begin anew
    five times a second.
    """

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._seconds, self._began = 0, time.monotonic()

    def stop(self, consumer: Any) -> None:
        """Called for every step before they are started again, and when the worker ends."""
        if consumer.blueprint.human_state() != "running":
            return
        lasted = time.monotonic() - self._began
        # What went well for a while begins again at once.
        fine = lasted > LASTING_SECONDS
        self._seconds = 0 if fine else min(self._seconds + 1, LONGEST_PAUSE_SECONDS)
        if self._seconds:
            log.warning("broker_refuses", worker=consumer.hostname, pause=self._seconds)
        for _ in range(self._seconds):
            time.sleep(1)
            maybe_shutdown()
            refused()
        self._began = time.monotonic()
