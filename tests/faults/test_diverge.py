"""A learning rate under which the weights grow beyond all numbers."""

import pytest

from tests.faults.house import Trainer, ask, ended, long_experiment

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_the_run_fails_and_says_where_and_the_next_one_is_trained(trainer: Trainer) -> None:
    wild = {"optimizer": "sgd", "learning_rate": 1.0, "momentum": 0.99, "activation": "gelu"}
    diverging, tame = ask(long_experiment(**wild)), ask(long_experiment(epochs=1))
    history = ended(diverging)
    assert history.run.state == "failed"
    assert "diverged in epoch" in history.run.reason
    assert history.run.has_diverged
    assert history.named("result") == []
    assert ended(tame).run.state == "succeeded"
