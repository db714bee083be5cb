"""A run whose worker died is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Learner
from tests.training_jobs.factories import epoch_report, make_claimed, start_report
from training_jobs import lifecycle
from training_jobs.events import Rewind
from training_jobs.history import fold
from training_jobs.models import Heartbeat, Run
from training_jobs.queries import events_after, is_sweeping
from training_jobs.sweeping import sweep_once

pytestmark = pytest.mark.django_db


def expire() -> None:
    Run.objects.update(lease_until="2020-01-01T00:00:00Z")


def test_a_lease_that_holds_is_left_alone() -> None:
    make_claimed()
    assert lifecycle.take_back_expired() == 0


def test_it_is_queued_again_and_the_next_worker_says_from_where_it_goes_on() -> None:
    run = make_claimed()
    lifecycle.record(run, start_report())
    lifecycle.record(run, epoch_report())
    expire()
    assert lifecycle.take_back_expired() == 1
    run.refresh_from_db()
    assert (run.state, run.lease_until) == (Run.State.QUEUED, None)
    assert "continues" in run.reason
    assert len(fold(events_after(run.id, 0)).epochs) == 1
    again = lifecycle.claim_next("second@host")
    assert again is not None
    assert again.worker == "second@host"
    lifecycle.record(again, Rewind(0))
    events = events_after(run.id, 0)
    assert [name for _, name, _ in events][-3:] == ["status", "status", "rewind"]
    assert fold(events).epochs == []


def test_a_lease_extended_at_the_last_moment_holds() -> None:
    run = make_claimed()
    expire()
    late = Run.objects.get()
    lifecycle.heartbeat(run)
    assert lifecycle._take_back(late) is False
    assert Run.objects.get().state == Run.State.RUNNING


def test_the_dead_worker_may_not_come_back() -> None:
    held = make_claimed()
    expire()
    lifecycle.take_back_expired()
    again = lifecycle.claim_next()
    assert again is not None
    assert again.generation == held.generation + 1
    with pytest.raises(lifecycle.LeaseLost):
        lifecycle.record(held, epoch_report())


def test_after_three_tries_it_has_failed() -> None:
    run = make_claimed()
    for _ in range(2):
        expire()
        lifecycle.take_back_expired()
        assert lifecycle.claim_next() is not None
    expire()
    lifecycle.take_back_expired()
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "3 times" in run.reason
    assert events_after(run.id, 0)[-1][1:] == ("end", {"state": "failed"})


def test_a_cancelled_run_of_a_dead_worker_ends() -> None:
    run = make_claimed(Learner.objects.create())
    lifecycle.request_cancel(run)
    expire()
    assert lifecycle.take_back_expired() == 1
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


def test_the_sweep_says_that_it_was_here() -> None:
    make_claimed()
    expire()
    sweep_once()
    assert Run.objects.get().state == Run.State.QUEUED
    assert is_sweeping()


@pytest.mark.parametrize(("seconds_ago", "is_here"), [(30, True), (40, False)])
def test_a_sweep_is_here_until_its_next_look_is_late(
    settings: Settings, seconds_ago: int, is_here: bool
) -> None:
    settings.SWEEP_SECONDS, settings.WORKER_FRESH_SECONDS = 20, 15
    sweep_once()
    Heartbeat.objects.update(last_seen=timezone.now() - timedelta(seconds=seconds_ago))
    assert is_sweeping() is is_here
