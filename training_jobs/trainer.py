"""The child of a worker, which trains: it loads TensorFlow first, and gives way when it has grown.

TensorFlow is imported in the prefork child only: a parent that has run one operation hangs every
child it forks afterwards. A child that could not warm up takes no run: it ends, and the next one
tries again, after pauses that grow.
"""

import faulthandler
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import structlog
from celery.signals import worker_process_init
from django.conf import settings
from django.db.models.functions import Now

from training_jobs.durations import adopt
from training_jobs.models import Worker
from training_jobs.queries import published_plans
from training_jobs.recording import patiently
from training_jobs.services import request_reference_runs
from training_jobs.workers import host_name, registered_name

LONGEST_PAUSE_SECONDS = 60
# How often the time that a step of loading may take is doubled, at most.
MOST_DOUBLINGS = 3
# While others wait, a child may grow by this many times as much before it gives way.
PATIENCE = 2
# The task that asked for it has long returned by then.
LEAVE_SECONDS = 0.5
LOST = "The trainer ended while it was loading, or took too long."
MEGABYTE = 1_000_000

log = structlog.get_logger("weightwise.worker")


@dataclass
class _Child:
    """What this process knows of itself as a trainer."""

    warm_megabytes: int | None = None
    is_leaving: bool = False
    # What its worker's row says of it since it has warmed up, as fields of the row.
    facts: dict[str, Any] = field(default_factory=dict)


_child = _Child()


def can_train() -> bool:
    """Whether this process may take a run: not in a worker whose child did not warm up."""
    if not registered_name():
        return True
    return _child.warm_megabytes is not None and not _child.is_leaving


@worker_process_init.connect
def warm(**_: Any) -> None:
    """Loads TensorFlow and the data before the first run asks for them, or ends this process."""
    failures = patiently(_begin)
    if failures:
        time.sleep(min(2**failures, LONGEST_PAUSE_SECONDS))
    try:
        _warm(failures)
    except BaseException as error:  # noqa: BLE001  (in any case, this process cannot train)
        _give_up(f"{type(error).__name__}: {error}")
    faulthandler.cancel_dump_traceback_later()


def loading_seconds(failures: int) -> float:
    """How long a step of loading may take after `failures` failed attempts in a row.

    What seems to hang may be a busy machine: each attempt has twice the time of the one before, so
    that one of them succeeds.
    """
    seconds: float = settings.TRAINER_WARM_SECONDS * 2 ** min(failures, MOST_DOUBLINGS)
    return seconds


def _watch(failures: int) -> None:
    """Gives the next step its time, after which this process ends."""
    # In C, hence also when an import hangs that keeps Python from running anything else.
    faulthandler.dump_traceback_later(
        loading_seconds(failures), exit=True, file=sys.__stderr__ or sys.stderr
    )


def _begin() -> int:
    """Counts this attempt; returns how many before it failed in a row.

    The count stands before the attempt, because an import may end the process without a word.
    """
    now = Now()
    row, _ = Worker.objects.get_or_create(
        name=registered_name(), defaults={"started_at": now, "last_seen": now}
    )
    failed = row.failures
    Worker.objects.filter(pk=row.pk).update(
        failures=failed + 1,
        state=Worker.State.USELESS if failed else Worker.State.WARMING,
        reason=(row.reason or LOST) if failed else "",
    )
    return failed


def _give_up(why: str) -> None:
    log.error("trainer_useless", worker=registered_name(), why=why)
    try:
        mine = Worker.objects.filter(name=registered_name())
        patiently(lambda: mine.update(state=Worker.State.USELESS, reason=why[:300]))
    finally:
        os._exit(1)  # Celery would go on with this process; it starts another one instead


def _warm(failures: int) -> None:
    _watch(failures)
    # TensorFlow: only ever in the child, hence so late.
    from training_jobs.engine import warming  # noqa: PLC0415

    _watch(failures)
    loaded = warming.load_all(Path(settings.WEIGHTWISE_DATASETS))
    version = warming.tensorflow_version()
    digests = {name: data.digest for name, data in loaded.items()}
    patiently(lambda: adopt(host_name()))
    patiently(lambda: request_reference_runs(digests))
    unrehearsed = []
    plans = patiently(published_plans)
    for plan in plans:
        _watch(failures)
        try:
            warming.rehearse(plan, loaded[plan.dataset])
        except Exception as error:
            # One plan may be at fault; its own run will say so.
            log.exception("plan_not_rehearsed", dataset=plan.dataset, network=plan.network)
            unrehearsed.append(error)
    if unrehearsed and len(unrehearsed) == len(plans):
        raise unrehearsed[0]
    _child.warm_megabytes = megabytes()
    _child.facts = {
        "state": Worker.State.READY,
        "reason": "",
        "failures": 0,
        "tensorflow": version,
        "devices": warming.devices()[:200],
        "megabytes": _child.warm_megabytes,
        "stand_ins": {name: data.name for name, data in loaded.items() if data.name != name},
        "programs": warming.programs_kept(),
    }
    patiently(lambda: Worker.objects.filter(name=registered_name()).update(**_child.facts))
    log.info("trainer_ready", worker=registered_name(), tensorflow=version)


def tell_again() -> None:
    """Says what this process is where its worker's row was lost: the parent only knows its name."""
    anew = Worker.objects.filter(name=registered_name(), state=Worker.State.WARMING)
    if _child.facts and anew.exists():
        anew.update(**_child.facts)


def megabytes() -> int:
    """The memory that this process holds."""
    return int(psutil.Process().memory_info().rss // MEGABYTE)


def give_way_if_grown(*, others_wait: bool) -> None:
    """Ends this process after a run when it has grown; a fresh one takes its place.

    TensorFlow never gives back all that a compiled program took. A fresh process costs its warming
    up, so while runs wait this one may grow further.
    """
    if _child.warm_megabytes is None:
        return
    held = megabytes()
    most = settings.TRAINER_GROWTH_MEGABYTES * (PATIENCE if others_wait else 1)
    if held - _child.warm_megabytes > most:
        log.info("trainer_grown", worker=registered_name(), megabytes=held)
        give_way()


def give_way() -> None:
    """Lets a fresh process replace this one, which takes no more runs."""
    if not registered_name() or _child.is_leaving:
        return
    _child.is_leaving = True
    mine = Worker.objects.filter(name=registered_name())
    patiently(lambda: mine.update(state=Worker.State.WARMING, programs=[]))
    leave = threading.Timer(LEAVE_SECONDS, os._exit, (0,))
    leave.daemon = True
    leave.start()
