"""The sweep: what keeps runs moving when a message or a worker was lost."""

import structlog
from django.db.models.functions import Now
from django.dispatch import Signal

from training_jobs import lifecycle
from training_jobs.doorbell import ring_workers
from training_jobs.models import Heartbeat
from training_jobs.queries import waiting

# Sent at each sweep, for apps further up whose rows need attention after a while.
swept = Signal()

log = structlog.get_logger("weightwise.sweep")


def sweep_once() -> None:
    """Takes back runs of dead workers and rings for what waits; says that it was here."""
    if taken := lifecycle.take_back_expired():
        log.warning("runs_taken_back", runs=taken)
    if waiting():
        ring_workers()
    swept.send(sweep_once)
    Heartbeat.objects.update_or_create(name=Heartbeat.SWEEP, defaults={"last_seen": Now()})
