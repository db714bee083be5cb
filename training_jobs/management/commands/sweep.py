"""`manage.py sweep`: the loop that looks after waiting and orphaned runs."""

import signal
import threading
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from training_jobs.sweeping import sweep_once

log = structlog.get_logger("weightwise.sweep")


class Command(BaseCommand):
    help = "Rings for queued runs and takes back runs whose worker died, until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            try:
                sweep_once()
            except DatabaseError as error:  # the database may be restarting: look again later
                log.warning("sweep_failed", error=str(error))
            stop.wait(settings.SWEEP_SECONDS)
