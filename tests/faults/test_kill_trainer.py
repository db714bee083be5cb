"""The trainer is killed in the middle of an epoch."""

import os
import signal

import pytest

from tests.faults.house import Trainer, ask, check_points, ended, wait_for_checkpoint

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_the_run_ends_with_the_weights_of_an_undisturbed_one(
    trainer: Trainer, peaceful_digest: str
) -> None:
    run = ask()
    wait_for_checkpoint(run)
    os.kill(trainer.child, signal.SIGKILL)
    history = ended(run)
    assert history.run.state == "succeeded", history.run.reason
    assert history.digest == peaceful_digest
    assert history.run.tries == 2
    [rewind] = history.named("rewind")
    assert rewind["epoch"] >= 1
    assert len(history.named("start")) == 1
    assert history.states == ["queued", "running", "queued", "running", "succeeded"]
    check_points(history)
