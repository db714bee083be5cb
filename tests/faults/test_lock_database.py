"""Somebody holds the database's write lock for longer than a run's lease."""

import time

import pytest

from tests.faults import house
from tests.faults.house import Trainer, ask, check_points, ended, wait_for_checkpoint

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_a_run_outlasts_a_lock_that_outlasts_its_lease(
    trainer: Trainer, peaceful_digest: str
) -> None:
    run = ask()
    wait_for_checkpoint(run)
    with house.locked_database():
        time.sleep(house.LEASE + 2)
    history = ended(run)
    assert history.run.state == "succeeded", history.run.reason
    assert history.digest == peaceful_digest
    check_points(history)
