"""The broker loses what it holds."""

import pytest

from tests.faults.house import Broker, Trainer, ask, ended, long_experiment, wait_for_checkpoint
from tests.training_jobs.factories import PLAN, make_experiment

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_ten_queued_runs_survive_a_broker_that_forgets_them(
    broker: Broker, trainer: Trainer
) -> None:
    first = ask()
    wait_for_checkpoint(first)
    small = make_experiment("small", plan={**PLAN, "compiled": False})
    runs = [first, *(ask(small) for _ in range(10))]
    broker.lose()
    broker.start()
    for run in runs:
        history = ended(run)
        assert history.states == ["queued", "running", "succeeded"], history.run.reason


def test_a_run_does_not_notice_that_the_broker_was_emptied(
    broker: Broker, trainer: Trainer
) -> None:
    running, waiting = ask(), ask(long_experiment(epochs=2))
    wait_for_checkpoint(running)
    with broker.client() as client:
        client.flushall()
    for run in (running, waiting):
        assert ended(run).states == ["queued", "running", "succeeded"]
