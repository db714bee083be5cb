"""A checkpoint is cut off on the disk."""

import os
import signal

import pytest

from tests.faults.house import Trainer, ask, check_points, ended, wait_for_checkpoint
from training_jobs import checkpoint_files

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


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
