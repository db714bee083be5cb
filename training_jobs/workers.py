"""A worker's own life, in the parent of the process that trains: it registers, and beats.

A thread tells the database, so the worker is known while the broker is away, and recovers by itself
when the database was. It also notes whether the broker reaches the worker.
"""

import os
import socket
import threading
import time
from typing import Any

import structlog
from celery.signals import celeryd_init, heartbeat_sent, worker_shutdown
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.db.models import F
from django.db.models.functions import Now

from training_jobs.doorbell import takes_messages
from training_jobs.models import Worker

BEAT_SECONDS = 2.0
# After it was refused, a worker that is refused once more hears so within this time.
REFUSED_SECONDS = 5.0

log = structlog.get_logger("weightwise.worker")

# The name this process (and the child it forks) registered under.
_registered: dict[str, str] = {}
# When the broker last took a sign of life of ours, by this process's own clock.
_heard: dict[str, float] = {}
_stopped = threading.Event()
# A child must not be forked during a query: it would inherit locks that nobody releases.
_asking = threading.Lock()
os.register_at_fork(
    before=_asking.acquire, after_in_parent=_asking.release, after_in_child=_asking.release
)


def registered_name() -> str:
    """The name of the worker that this process belongs to; empty outside of one."""
    return _registered.get("name", "")


def host_name() -> str:
    """The name of this machine or container, as its workers' rows have it."""
    return socket.gethostname()[:120]


@celeryd_init.connect
def register(sender: str, **_: Any) -> None:
    """Before the child is forked: the worker is alive, and warming."""
    _registered["name"] = sender
    _stopped.clear()
    beat(enrol)
    connections.close_all()  # a connection must not be shared across the fork
    threading.Thread(target=_beat_on, name="heartbeat", daemon=True).start()


def enrol() -> None:
    """Registers this worker as one that has just started."""
    Worker.objects.update_or_create(
        name=registered_name(),
        defaults={
            "state": Worker.State.WARMING,
            "reason": "",
            "failures": 0,
            "host": host_name(),
            "tensorflow": "",
            "devices": "",
            "programs": [],
            "started_at": Now(),
            "last_seen": Now(),
            "heard_at": None,
        },
    )


def beat(write: Any) -> None:
    """One sign of life; if the database is away or was restarted, the next one tries again."""
    with _asking:
        try:
            close_old_connections()
            write()
        except DatabaseError as error:
            log.warning("heartbeat_unwritten", worker=registered_name(), error=str(error))
            connections.close_all()  # it may be the connection that is broken


def seen() -> None:
    """Notes that this worker lives, and registers it again if its row was lost."""
    heard = _is_heard() and takes_messages()
    told = Worker.objects.filter(name=registered_name()).update(
        last_seen=Now(), heard_at=Now() if heard else F("heard_at")
    )
    if not told:
        enrol()


def _is_heard() -> bool:
    # Celery keeps reconnecting to a broker that refuses messages, and takes that for a heartbeat.
    now, never = time.monotonic(), float("-inf")
    is_refused = now - _heard.get("refused", never) < REFUSED_SECONDS
    return not is_refused and now - _heard.get("at", never) < settings.WORKER_FRESH_SECONDS / 2


def refused() -> None:
    """Notes that the broker took a connection, and refused what was asked through it."""
    _heard["refused"] = time.monotonic()


def _beat_on() -> None:
    while not _stopped.wait(BEAT_SECONDS):
        beat(seen)


@heartbeat_sent.connect
def heard(**_: Any) -> None:
    """Celery's heartbeat, every two seconds, and only while it is connected to the broker."""
    _heard["at"] = time.monotonic()


@worker_shutdown.connect
def unregister(**_: Any) -> None:
    _stopped.set()
    beat(lambda: Worker.objects.filter(name=registered_name()).delete())
