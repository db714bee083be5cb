"""A worker is told to stop, or should never have been started."""

import signal
import socket

import pytest

from tests.faults import house
from tests.faults.house import Broker, ask, ended, long_experiment, wait_for_checkpoint
from training_jobs.models import Run, Worker

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_a_worker_that_is_told_to_stop_ends_its_run_first(own_broker: Broker) -> None:
    with house.sweep(own_broker.url), house.trainer(own_broker.url, "leaving") as leaving:
        leaving.wait_until_ready()
        registered = Worker.objects.get(name=leaving.name)
        assert registered.state == Worker.State.READY
        assert registered.host == socket.gethostname()
        assert registered.tensorflow
        assert "CPU:0" in registered.devices
        run, waiting = ask(), ask(long_experiment(epochs=1))
        wait_for_checkpoint(run)
        leaving.process.popen.send_signal(signal.SIGTERM)
        history = ended(run)
        leaving.process.exit_code()
    assert history.states == ["queued", "running", "succeeded"]
    assert Run.objects.get(id=waiting.id).state == Run.State.QUEUED
    assert not Worker.objects.filter(name=leaving.name).exists()
