"""A worker's row is lost while the worker lives, as when it was silent for a day."""

import pytest

from tests.faults.house import Trainer, ask, ended
from tests.patience import eventually
from tests.training_jobs.factories import PLAN, make_experiment
from training_jobs.models import Worker

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


def test_a_worker_that_is_registered_again_is_ready_with_its_next_run(trainer: Trainer) -> None:
    mine = Worker.objects.filter(name=trainer.name)
    mine.delete()
    eventually(mine.exists, "it did not register again")
    ended(ask(make_experiment("small", plan={**PLAN, "compiled": False})))
    row = mine.get()
    assert row.state == Worker.State.READY
    assert row.tensorflow
    assert row.megabytes
