"""The same wake-up comes fifty times."""

import pytest
from celery import current_app

from tests.faults.house import Broker, Trainer, ask, check_points, ended, long_experiment
from training_jobs.doorbell import TASK

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_each_run_is_trained_once(broker: Broker, trainer: Trainer) -> None:
    runs = [ask(), ask(long_experiment(epochs=2))]
    with current_app.connection_for_write(broker.url) as connection:
        for _ in range(50):
            current_app.send_task(TASK, connection=connection, retry=False)
    for run in runs:
        history = ended(run)
        assert history.states == ["queued", "running", "succeeded"]
        assert history.run.tries == history.run.generation == 1
        check_points(history)
