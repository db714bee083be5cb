"""Cancelling a run."""

import pytest
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import make_claimed, make_finished, make_run
from training_jobs import lifecycle
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


def test_a_queued_run_ends_at_once() -> None:
    learner = Learner.objects.create()
    run = make_run(learner)
    response = client_of(learner).post(f"/runs/{run.id}/cancel/")
    assert response.status_code == 302
    assert response["Location"] == f"/runs/{run.id}/"
    run.refresh_from_db()
    assert (run.state, run.reason) == (Run.State.CANCELLED, "You cancelled it.")


def test_a_running_one_stops_at_the_next_chunk() -> None:
    learner = Learner.objects.create()
    run = make_claimed(learner)
    assert lifecycle.heartbeat(run) is False
    client_of(learner).post(f"/runs/{run.id}/cancel/")
    assert lifecycle.heartbeat(run) is True
    assert lifecycle.end_cancelled(run)
    assert Run.objects.get(id=run.id).state == Run.State.CANCELLED


def test_twice_is_harmless_and_the_end_stays() -> None:
    learner = Learner.objects.create()
    run = make_finished(learner)
    for _ in range(2):
        assert client_of(learner).post(f"/runs/{run.id}/cancel/").status_code == 302
    assert Run.objects.get(id=run.id).state == Run.State.SUCCEEDED


def test_an_outsider_finds_nothing() -> None:
    run = make_run(Learner.objects.create())
    reference = make_run()
    for client in (Client(), client_of(Learner.objects.create())):
        for found in (run, reference):
            assert client.post(f"/runs/{found.id}/cancel/").status_code == 404
    assert set(Run.objects.values_list("state", flat=True)) == {Run.State.QUEUED}


def test_it_takes_a_post() -> None:
    learner = Learner.objects.create()
    run = make_run(learner)
    assert client_of(learner).get(f"/runs/{run.id}/cancel/").status_code == 405
