"""A worker's own life: it registers, its child loads TensorFlow, and it says when it is ready.

TensorFlow is imported in the prefork child only: a parent that has run one operation hangs every
child it forks afterwards.
"""

import os
import signal
import socket
from pathlib import Path
from typing import Any

import structlog
from celery.signals import (
    celeryd_init,
    heartbeat_sent,
    worker_process_init,
    worker_shutdown,
)
from django.conf import settings
from django.db import connections
from django.db.models.functions import Now

from training_jobs.models import Worker
from training_jobs.queries import published_plans
from training_jobs.services import refresh_reference_runs

log = structlog.get_logger("weightwise.worker")

# The name this process (and the child it forks) registered under.
_registered: dict[str, str] = {}


def registered_name() -> str:
    """The name of the worker that this process belongs to; empty outside of one."""
    return _registered.get("name", "")


@celeryd_init.connect
def register(sender: str, **_: Any) -> None:
    """Before the child is forked: the worker is alive, and warming."""
    _registered["name"] = sender
    Worker.objects.update_or_create(
        name=sender,
        defaults={
            "state": Worker.State.WARMING,
            "host": socket.gethostname()[:120],
            "tensorflow": "",
            "devices": "",
            "started_at": Now(),
            "last_seen": Now(),
        },
    )
    connections.close_all()  # a connection must not be shared across the fork


@worker_process_init.connect
def warm(**_: Any) -> None:
    """In the child: load TensorFlow and the data before the first run asks for them."""
    # A child that replaces one that died warms up anew.
    Worker.objects.filter(name=registered_name()).update(state=Worker.State.WARMING)
    try:
        _warm()
    except ImportError as error:
        # It could never train. Better no worker, which pages tell of, than one that looks ready.
        log.error("trainer_useless", why=f"TensorFlow cannot be loaded here: {error}")
        os.kill(os.getppid(), signal.SIGTERM)


def _warm() -> None:
    # TensorFlow: only ever in the child, hence so late.
    from training_jobs.engine import warming  # noqa: PLC0415

    loaded = warming.load_all(Path(settings.WEIGHTWISE_DATASETS))
    version = warming.tensorflow_version()
    refresh_reference_runs({name: data.digest for name, data in loaded.items()})
    for plan in published_plans():
        warming.rehearse(plan, loaded[plan.dataset])
    Worker.objects.filter(name=registered_name()).update(
        state=Worker.State.READY,
        tensorflow=version,
        devices=warming.devices()[:200],
        last_seen=Now(),
    )
    log.info("trainer_ready", worker=registered_name(), tensorflow=version)


@heartbeat_sent.connect
def seen(**_: Any) -> None:
    """In the parent, every two seconds, also while the child is busy training."""
    Worker.objects.filter(name=registered_name()).update(last_seen=Now())


@worker_shutdown.connect
def unregister(**_: Any) -> None:
    Worker.objects.filter(name=registered_name()).delete()
