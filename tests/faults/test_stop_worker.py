"""A worker stands still for longer than its lease, and then goes on as if nothing had been."""

import pytest

from tests.faults.house import (
    History,
    Trainer,
    ask,
    check_points,
    ended,
    wait_for_checkpoint,
)
from tests.patience import eventually

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_it_adds_no_row_to_a_run_that_is_no_longer_its_own(
    trainer: Trainer, peaceful_digest: str
) -> None:
    run = ask()
    wait_for_checkpoint(run)
    trainer.stop()
    try:
        eventually(lambda: History.of(run).run.state == "queued", "the run was not taken back")
        taken_back = History.of(run)
    finally:
        trainer.go_on()
    history = ended(run)
    assert history.run.state == "succeeded", history.run.reason
    # What the old hands still had to say was refused: the next row is the new claim's.
    after = history.events[len(taken_back.events) :]
    assert [name for _, name, _ in after[:2]] == ["status", "rewind"]
    assert history.states == ["queued", "running", "queued", "running", "succeeded"]
    assert "lease_lost" in trainer.process.output()
    assert history.digest == peaceful_digest
    check_points(history)
