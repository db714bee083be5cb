"""A checkpoint cannot be written, or is cut off on the disk."""

import os
import signal
from pathlib import Path

import pytest

from tests.faults import house
from tests.faults.house import (
    Broker,
    Trainer,
    ask,
    check_points,
    ended,
    epochs_kept,
    wait_for_checkpoint,
)
from training_jobs import checkpoint_files

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]

FULL_DISK = """
import errno, os

def full(descriptor):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

os.fsync = full
"""


def test_a_truncated_checkpoint_is_not_gone_on_from(trainer: Trainer, peaceful_digest: str) -> None:
    run = ask()
    wait_for_checkpoint(run)
    os.kill(trainer.child, signal.SIGKILL)
    path = checkpoint_files.path_of(run.id)
    os.truncate(path, path.stat().st_size // 2)
    history = ended(run)
    assert history.run.state == "succeeded", history.run.reason
    assert history.named("rewind") == [{"epoch": 0}]
    assert len(history.named("start")) == 2
    assert history.digest == peaceful_digest
    check_points(history)


def test_a_full_disk_costs_the_checkpoints_and_not_the_run(
    own_broker: Broker, tmp_path: Path
) -> None:
    # Python runs this at its start; SQLite, which is not written in it, still has a disk.
    (tmp_path / "sitecustomize.py").write_text(FULL_DISK)
    url = own_broker.url
    with house.sweep(url), house.trainer(url, "full", PYTHONPATH=tmp_path) as worker:
        run = ask()
        history = ended(run)
        output = worker.process.output()
    assert history.run.state == "succeeded", history.run.reason
    assert history.run.worker == worker.name
    assert epochs_kept(run) == 0
    assert "checkpoint_not_kept" in output
    assert not checkpoint_files.path_of(run.id).exists()
    assert list(checkpoint_files.folder().glob("*.part")) == []
