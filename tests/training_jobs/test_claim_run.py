"""A worker claims the next queued run."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Learner
from tests.training_jobs.factories import make_run
from training_jobs import lifecycle
from training_jobs.models import Run


@pytest.mark.django_db
def test_nothing_waits() -> None:
    assert lifecycle.claim_next() is None


@pytest.mark.django_db
def test_claim_takes_a_lease_and_raises_the_generation() -> None:
    queued = make_run(Learner.objects.create())
    run = lifecycle.claim_next()
    assert run is not None
    assert run.id == queued.id
    assert (run.state, run.generation, run.tries) == (Run.State.RUNNING, 1, 1)
    assert run.lease_until is not None
    assert run.started_at is not None
    assert run.lease_until > run.started_at


@pytest.mark.django_db
def test_learners_come_before_reference_runs() -> None:
    reference = make_run()
    first = make_run(Learner.objects.create())
    second = make_run(Learner.objects.create())
    claimed = [lifecycle.claim_next() for _ in range(3)]
    assert [run.id for run in claimed if run] == [first.id, second.id, reference.id]


@pytest.mark.django_db(transaction=True)
def test_many_workers_claim_each_run_once() -> None:
    runs = {make_run(Learner.objects.create()).id for _ in range(6)}

    def claim(_: int) -> object:
        try:
            run = lifecycle.claim_next()
            return run.id if run else None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        claimed = [found for found in workers.map(claim, range(12)) if found]
    assert sorted(claimed, key=str) == sorted(runs, key=str)
