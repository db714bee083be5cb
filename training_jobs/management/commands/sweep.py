"""`manage.py sweep`: the loop that looks after waiting and orphaned runs."""

import signal
import threading
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from training_jobs.retention import ClearingOut
from training_jobs.sweeping import sweep_once

log = structlog.get_logger("weightwise.sweep")


class Command(BaseCommand):
    help = "Wakes workers for queued runs and takes back runs of dead workers, until it is stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        clearing_out = ClearingOut()
        while not stop.is_set():
            close_old_connections()
            try:
                sweep_once()
                clearing_out.when_due()
            except DatabaseError as error:  # the database may be restarting: look again later
                log.warning("sweep_failed", error=str(error))
                connections.close_all()  # it may be the connection that is broken
            stop.wait(settings.SWEEP_SECONDS)
