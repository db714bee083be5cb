"""A child of a worker takes runs only while it can train."""

import threading

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.patience import LAST_RESORT
from tests.training_jobs.factories import make_run
from training_jobs import tasks, trainer, workers
from training_jobs.models import Run, Worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> trainer._Child:
    """This process as the child of a registered worker that has not warmed up."""
    monkeypatch.setitem(workers._registered, "name", "one@host")
    mine = trainer._Child()
    monkeypatch.setattr(trainer, "_child", mine)
    return mine


def test_before_it_is_warm_and_once_it_leaves_it_takes_none(child: trainer._Child) -> None:
    run = make_run()
    tasks.train()
    child.warm_megabytes, child.is_leaving = 900, True
    tasks.train()
    run.refresh_from_db()
    assert (run.state, run.tries) == (Run.State.QUEUED, 0)


def test_outside_of_a_worker_there_is_nothing_to_warm(child: trainer._Child) -> None:
    assert not trainer.can_train()
    workers._registered.clear()
    assert trainer.can_train()


@pytest.mark.parametrize(
    ("grown", "others_wait", "goes"),
    [(40, False, False), (60, False, True), (60, True, False), (110, True, True)],
)
def test_one_that_has_grown_gives_way_after_its_run(
    child: trainer._Child,
    monkeypatch: pytest.MonkeyPatch,
    grown: int,
    others_wait: bool,
    goes: bool,
) -> None:
    now, left = timezone.now(), threading.Event()
    Worker.objects.create(
        name="one@host", state="ready", programs=["compiled"], started_at=now, last_seen=now
    )
    monkeypatch.setattr(trainer, "megabytes", lambda: 900 + grown)
    monkeypatch.setattr("os._exit", lambda code: left.set())
    child.warm_megabytes = 900
    trainer.give_way_if_grown(others_wait=others_wait)
    row = Worker.objects.get()
    if goes:
        # It claims nothing while it leaves, and what it had compiled is gone with it.
        assert (row.state, row.programs, trainer.can_train()) == ("warming", [], False)
        assert left.wait(LAST_RESORT)
    else:
        assert (row.state, row.programs, trainer.can_train()) == ("ready", ["compiled"], True)


def test_failures_in_a_row_are_counted_before_each_attempt(child: trainer._Child) -> None:
    assert [trainer._begin() for _ in range(3)] == [0, 1, 2]
    row = Worker.objects.get()
    assert (row.state, row.reason, row.failures) == (Worker.State.USELESS, trainer.LOST, 3)


def test_a_busy_machine_is_given_twice_the_time_after_each_failure(settings: Settings) -> None:
    settings.TRAINER_WARM_SECONDS = 180
    given = [trainer.loading_seconds(failures) for failures in range(5)]
    assert given == [180, 360, 720, 1440, 1440]


def test_a_lost_row_is_written_anew(child: trainer._Child) -> None:
    workers.seen()
    assert Worker.objects.get().state == Worker.State.WARMING
    Worker.objects.update(state=Worker.State.READY, last_seen=Now())
    workers.seen()
    assert Worker.objects.get().state == Worker.State.READY


def test_a_lost_row_is_completed_by_the_next_message(child: trainer._Child) -> None:
    ready = {"state": Worker.State.READY, "tensorflow": "2.21.0", "megabytes": 900}
    child.warm_megabytes, child.facts = 900, ready
    workers.seen()
    tasks.train()
    row = Worker.objects.get()
    assert (row.state, row.tensorflow, row.megabytes) == ("ready", "2.21.0", 900)
    child.is_leaving = True
    Worker.objects.update(state=Worker.State.WARMING)
    tasks.train()
    assert Worker.objects.get().state == Worker.State.WARMING
