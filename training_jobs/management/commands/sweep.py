"""`manage.py sweep`: the loop that looks after waiting and orphaned runs."""

import signal
import threading
import time
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from training_jobs.retention import clear_out
from training_jobs.sweeping import sweep_once

# What is kept for days need not go to the minute.
CLEAR_OUT_SECONDS = 60 * 60

log = structlog.get_logger("weightwise.sweep")


class Command(BaseCommand):
    help = "Wakes workers for queued runs and takes back runs of dead workers, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        clear_out_at = time.monotonic()
        while not stop.is_set():
            close_old_connections()
            try:
                sweep_once()
                if time.monotonic() >= clear_out_at:
                    clear_out()
                    clear_out_at = time.monotonic() + CLEAR_OUT_SECONDS
            except DatabaseError as error:  # the database may be restarting: look again later
                log.warning("sweep_failed", error=str(error))
                connections.close_all()  # it may be the connection that is broken
            stop.wait(settings.SWEEP_SECONDS)
