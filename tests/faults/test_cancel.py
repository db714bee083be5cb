"""A run is cancelled whatever its worker is doing."""

import os
import signal

import pytest

from tests.faults.house import Trainer, ask, ended, wait_for_checkpoint
from training_jobs import lifecycle

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_while_it_waits_and_while_it_is_trained(trainer: Trainer) -> None:
    running, waiting = ask(), ask()
    wait_for_checkpoint(running)
    lifecycle.request_cancel(waiting)
    assert ended(waiting).states == ["queued", "cancelled"]
    lifecycle.request_cancel(running)
    history = ended(running)
    assert history.states == ["queued", "running", "cancelled"]
    assert len(history.named("epoch")) < history.run.plan["epochs"]


def test_when_its_worker_is_dead(trainer: Trainer) -> None:
    run = ask()
    wait_for_checkpoint(run)
    os.kill(trainer.child, signal.SIGKILL)
    lifecycle.request_cancel(run)
    history = ended(run)
    assert history.states == ["queued", "running", "cancelled"]
    assert history.run.tries == 1
