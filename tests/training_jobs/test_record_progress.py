"""What the worker that holds a run reports becomes its history."""

import math

import pytest

from accounts.models import Learner
from tests.training_jobs.factories import (
    epoch_report,
    make_claimed,
    make_finished,
    result_report,
    start_report,
    tick_report,
)
from training_jobs import lifecycle
from training_jobs.models import Run
from training_jobs.queries import events_after

pytestmark = pytest.mark.django_db


def test_a_whole_history_is_numbered_without_gaps() -> None:
    run = make_finished()
    events = events_after(run.id, 0)
    assert [seq for seq, _, _ in events] == list(range(1, len(events) + 1))
    names = [name for _, name, _ in events]
    assert names == [
        *("status", "status", "start", "tick", "epoch", "epoch"),
        *("result", "status", "end"),
    ]
    assert run.last_seq == len(events)
    assert events[-1][2] == {"state": "succeeded"}


def test_reading_goes_on_after_a_number() -> None:
    run = make_finished()
    assert [name for _, name, _ in events_after(run.id, 6)] == ["result", "status", "end"]


def test_a_loss_that_is_no_number_becomes_null() -> None:
    run = make_claimed()
    lifecycle.record(run, epoch_report(1, math.nan))
    assert events_after(run.id, 2)[0][2]["loss"] is None


def test_recording_extends_the_lease() -> None:
    run = make_claimed()
    Run.objects.update(lease_until="2020-01-01T00:00:00Z")
    lifecycle.record(run, start_report())
    assert lifecycle.take_back_expired() == 0


def test_a_worker_of_an_older_generation_is_refused() -> None:
    run = make_claimed()
    Run.objects.update(generation=run.generation + 1)
    with pytest.raises(lifecycle.LeaseLost):
        lifecycle.record(run, tick_report())
    with pytest.raises(lifecycle.LeaseLost):
        lifecycle.heartbeat(run)
    assert lifecycle.succeed(run, result_report()) is False
    assert [name for _, name, _ in events_after(run.id, 0)] == ["status", "status"]


def test_nothing_is_added_after_the_end() -> None:
    run = make_finished(Learner.objects.create())
    with pytest.raises(lifecycle.LeaseLost):
        lifecycle.record(run, tick_report())
    assert lifecycle.fail(run, "late") is False
    run.refresh_from_db()
    assert run.state == Run.State.SUCCEEDED


def test_a_transition_that_is_not_declared_is_a_mistake() -> None:
    run = make_finished()
    with pytest.raises(ValueError, match="never goes from succeeded to running"):
        lifecycle._move(run, Run.State.SUCCEEDED, Run.State.RUNNING)
