"""What is removed after a time, and what stays for good. docs/operations.md has the schedule."""

import math
import stat
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.clearing import clear_accounts
from training_jobs import checkpoint_files, lifecycle
from training_jobs.model_files import model_file
from training_jobs.models import Pace, Run, Worker

log = structlog.get_logger("weightwise.retention")

# What is kept for days need not go to the minute.
CLEAR_OUT_SECONDS = 60 * 60
# This many at a time: the sweep has runs to take back, too, and comes again.
MOST_AT_ONCE = 200
# A worker that was killed could not sign off.
WORKER_DAYS = 1
# A machine that is gone may come back under its name; others adopt what it taught.
PACE_DAYS = 90
# What has no run any more, or never was finished, may be in the making for as long as this.
STRAY_DAYS = 1


class ClearingOut:
    """Clears out once an hour, and again at each sweep until nothing is past its time."""

    def __init__(self) -> None:
        self._again_at = -math.inf

    def when_due(self) -> None:
        if time.monotonic() >= self._again_at and clear_out():
            self._again_at = time.monotonic() + CLEAR_OUT_SECONDS


def clear_out() -> bool:
    """Removes what is past its time: histories, files, workers that are gone, guests, sessions.

    As much as a sweep has time for; returns whether that was all.
    """
    old, trained = list(_old_histories()), list(_old_checkpoints())
    histories = sum(map(lifecycle.forget_history, old))
    files = sum(map(_forget_files, trained)) + _remove_strays()
    workers, _ = Worker.objects.filter(last_seen__lt=_ago(WORKER_DAYS)).delete()
    gone = Pace.objects.exclude(host__in=Worker.objects.values("host"))
    paces, _ = gone.filter(updated_at__lt=_ago(PACE_DAYS)).delete()
    accounts = clear_accounts()
    removed = {"histories": histories, "files": files, "workers": workers, "paces": paces}
    removed |= accounts.removed
    if any(removed.values()):
        log.info("cleared_out", **removed)
    return accounts.is_all and max(len(old), len(trained)) < MOST_AT_ONCE


def _ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def _ended_before(moment: datetime) -> QuerySet[Run]:
    """Learners' runs only: reference runs are what lessons are drawn from."""
    runs = Run.objects.filter(learner__isnull=False, ended_at__lt=moment)
    return runs.exclude(state__in=Run.ACTIVE).order_by("ended_at")


def _old_histories() -> QuerySet[Run]:
    old = _ended_before(_ago(settings.GUEST_HISTORY_DAYS))
    return old.filter(learner__user=None, last_seq__gt=0)[:MOST_AT_ONCE]


def _old_checkpoints() -> QuerySet[Run]:
    old = _ended_before(_ago(settings.CHECKPOINT_DAYS))
    return old.filter(checkpoint_epoch__gt=0)[:MOST_AT_ONCE]


def _forget_files(run: Run) -> bool:
    """The row first: a run never claims a file that is gone. What stays is a stray from then on."""
    if not lifecycle.forget_checkpoint(run):
        return False
    removed = [_remove(path) for path in (checkpoint_files.path_of(run.id), model_file(run.id))]
    return all(removed)


def _remove(path: Path) -> bool:
    """Whether the file is gone; one that cannot be removed keeps the sweep from nothing else."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("file_not_removed", file=path.name, error=str(error))
        return False
    return True


def _remove_strays() -> int:
    """Files that no run claims, and what a killed worker half wrote.

    They are of runs that were deleted with their learner, or could not be removed in their time.
    """
    old = _files_older_than(_ago(STRAY_DAYS))
    batches = (old[start : start + MOST_AT_ONCE] for start in range(0, len(old), MOST_AT_ONCE))
    return sum(map(_remove_strays_of, batches))


def _remove_strays_of(paths: list[Path]) -> int:
    run_ids = {run_id for path in paths if (run_id := _run_id(path))}
    past = _ended_before(_ago(settings.CHECKPOINT_DAYS)).filter(checkpoint_epoch=0)
    claimed = Run.objects.filter(id__in=run_ids).exclude(id__in=past.order_by().values("id"))
    wanted = set(claimed.values_list("id", flat=True))
    return sum(_remove(path) for path in paths if _run_id(path) not in wanted)


def _files_older_than(moment: datetime) -> list[Path]:
    try:
        paths = list(checkpoint_files.folder().iterdir())
    except FileNotFoundError:  # nothing has been trained yet
        return []
    except OSError as error:
        log.warning("folder_not_read", error=str(error))
        return []
    return [path for path in paths if _is_file_older_than(moment, path)]


def _is_file_older_than(moment: datetime, path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:  # a worker has renamed it since it was listed
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime < moment.timestamp()


def _run_id(path: Path) -> UUID | None:
    try:
        return UUID(path.stem)
    except ValueError:
        return None
