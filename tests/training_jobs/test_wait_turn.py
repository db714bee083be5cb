"""Whose run is trained next, and how long the others wait."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Learner
from tests.training_jobs.factories import make_experiment, make_finished, make_run
from training_jobs import lifecycle
from training_jobs.models import Run, Worker
from training_jobs.queries import queue_of
from training_jobs.queueing import about

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wide_quota(settings: Settings) -> None:
    settings.GUEST_ACTIVE_RUNS = 100


def queued(learner: Learner | None = None) -> Run:
    return make_run(learner, key=str(uuid4()))


def learner() -> Learner:
    return Learner.objects.create()


def worker(name: str = "one@host") -> Worker:
    now = timezone.now()
    return Worker.objects.create(name=name, state="ready", started_at=now, last_seen=now)


def claimed_in_order(count: int) -> list[Run]:
    """What so many free workers claim, each ending its run at once."""
    runs = []
    for _ in range(count):
        run = lifecycle.claim_next()
        assert run is not None
        lifecycle.fail(run, "")
        runs.append(run)
    return runs


def test_everyones_first_comes_before_anyones_second() -> None:
    busy, late = learner(), learner()
    first, second, third = (queued(busy) for _ in range(3))
    only = queued(late)
    expected = [first, only, second, third]
    assert [queue_of(run).position for run in expected] == [1, 2, 3, 4]
    assert claimed_in_order(2) == [first, only]


def test_who_is_being_trained_comes_after_who_is_not() -> None:
    busy, late = learner(), learner()
    queued(busy)
    second = queued(busy)
    assert lifecycle.claim_next() is not None
    only = queued(late)
    assert [queue_of(run).position for run in (only, second)] == [1, 2]
    assert claimed_in_order(2) == [only, second]


def test_reference_runs_come_last_even_for_a_busy_learner() -> None:
    reference, busy = queued(), learner()
    queued(busy)
    second = queued(busy)
    assert lifecycle.claim_next() is not None
    assert claimed_in_order(2) == [second, reference]


def test_the_worker_is_kept_on_the_run() -> None:
    queued(learner())
    run = lifecycle.claim_next("trainer@host")
    assert run is not None
    assert Run.objects.get().worker == "trainer@host"


def test_without_a_worker_nobody_knows_how_long_it_takes() -> None:
    run = queued(learner())
    assert queue_of(run).seconds is None
    worker()
    assert queue_of(run).seconds == 0
    claimed = lifecycle.claim_next()
    assert claimed is not None
    assert queue_of(claimed).as_json() == {
        "position": None,
        "workers": 1,
        "warming": 0,
        "seconds": None,
    }


def test_the_wait_is_estimated_until_it_is_measured() -> None:
    worker()
    first, second = (queued(learner()) for _ in range(2))
    assert first.estimated_seconds is not None
    Run.objects.update(estimated_seconds=7)
    assert queue_of(second).seconds == 7
    make_measured(seconds=4)
    assert queue_of(second).seconds == 4
    worker("two@host")
    assert queue_of(second).seconds == 2


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, 0), (0.2, 1), (9.5, 10), (11, 15), (58, 60), (61, 90), (700, 720)]
)
def test_a_wait_is_said_in_round_figures(seconds: float, said: int) -> None:
    assert about(seconds) == said


def make_measured(seconds: float) -> None:
    """A run of the same experiment that took so long, and waits for nobody."""
    other = make_finished_elsewhere()
    Run.objects.filter(id=other.id).update(ended_at=F("started_at") + timedelta(seconds=seconds))


def make_finished_elsewhere() -> Run:
    waiting = list(Run.objects.filter(state=Run.State.QUEUED))
    Run.objects.update(state=Run.State.CANCELLED)
    finished = make_finished(learner())
    Run.objects.filter(id__in=[run.id for run in waiting]).update(state=Run.State.QUEUED)
    return finished


def test_what_is_being_trained_counts_for_what_is_left_of_it() -> None:
    worker()
    queued(learner())
    training = lifecycle.claim_next()
    waiting = queued(learner())
    Run.objects.update(estimated_seconds=60)
    assert training is not None
    Run.objects.filter(id=training.id).update(started_at=timezone.now() - timedelta(seconds=20))
    left = queue_of(waiting).seconds
    assert left is not None
    assert 30 < left <= 40
    Run.objects.filter(id=training.id).update(started_at=timezone.now() - timedelta(hours=1))
    assert queue_of(waiting).seconds == 0


def test_other_experiments_have_their_own_measure() -> None:
    worker()
    make_measured(seconds=4)
    other = make_experiment("other")
    first = queued(learner())
    Run.objects.filter(id=first.id).update(experiment=other, estimated_seconds=9)
    assert queue_of(queued(learner())).seconds == 9
