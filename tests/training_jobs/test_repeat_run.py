"""Repeating a run: from its page and from the command line."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import (
    make_claimed,
    make_finished,
    make_run,
    result_report,
    start_report,
)
from training_jobs import lifecycle
from training_jobs.management.commands import repeat_run
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create()


def with_receipt(run: Run, weights: str) -> Run:
    """The run as if it had ended with weights of this digest."""
    run.receipt = {"weights_sha256": weights}
    run.save()
    return run


def finish_next(weights: str) -> None:
    """What a worker does with the next run in the queue."""
    run = lifecycle.claim_next()
    assert run is not None
    lifecycle.record(run, start_report())
    assert lifecycle.succeed(run, result_report(), {"weights_sha256": weights})


@pytest.fixture
def instant_worker(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets the waiting command find its run ended with the given weights."""

    def ending_with(weights: str) -> None:
        monkeypatch.setattr(repeat_run, "sleep", lambda _: finish_next(weights))

    return ending_with


def test_it_has_the_same_plan_and_leads_to_both(learner: Learner) -> None:
    original = make_finished(learner)
    response = client_of(learner).post(f"/runs/{original.pk}/repeat/")
    again = Run.objects.exclude(pk=original.pk).get()
    assert response["Location"] == f"/runs/compare/?run={original.pk}&run={again.pk}"
    assert (again.plan, again.plan_digest) == (original.plan, original.plan_digest)
    assert (again.repeats, again.learner, again.state) == (original, learner, Run.State.QUEUED)


def test_twice_is_once_until_it_has_ended(learner: Learner) -> None:
    original, client = make_finished(learner), client_of(learner)
    places = {client.post(f"/runs/{original.pk}/repeat/")["Location"] for _ in range(3)}
    assert len(places) == 1
    finish_next("a")
    assert client.post(f"/runs/{original.pk}/repeat/")["Location"] not in places


def test_a_reference_run_may_be_repeated_by_anyone() -> None:
    original, guest = make_finished(), Client()
    response = guest.post(f"/runs/{original.pk}/repeat/")
    again = Run.objects.get(repeats=original)
    assert again.learner is not None
    assert guest.get(response["Location"]).status_code == 200
    # It is a learner's: lessons go on taking their figures from the original.
    assert not again.is_reference


def test_somebody_elses_run_is_not_there(learner: Learner) -> None:
    original = make_finished(learner)
    for stranger in (Client(), client_of(Learner.objects.create())):
        assert stranger.post(f"/runs/{original.pk}/repeat/").status_code == 404
    assert client_of(learner).get(f"/runs/{original.pk}/repeat/").status_code == 405
    assert Run.objects.count() == 1


def test_a_quota_refuses_in_words(learner: Learner, settings: Any) -> None:
    original = make_finished(learner)
    settings.GUEST_ACTIVE_RUNS = 0
    client = client_of(learner)
    response = client.post(f"/runs/{original.pk}/repeat/", follow=True)
    assert response.status_code == 429
    assert "at a time is the limit" in response.content.decode()
    assert Run.objects.count() == 1


def test_a_plan_of_another_age_is_refused_in_words(learner: Learner) -> None:
    original = make_finished(learner)
    original.plan |= {"forgotten": 1}
    original.save()
    response = client_of(learner).post(f"/runs/{original.pk}/repeat/", follow=True)
    assert "Unknown field forgotten" in response.content.decode()


def test_the_command_says_that_the_weights_are_equal(
    learner: Learner, instant_worker: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    original = with_receipt(make_finished(learner), "cafe")
    instant_worker("cafe")
    call_command("repeat_run", str(original.pk), "--wait")
    assert "equal, bit for bit" in capsys.readouterr().out
    assert Run.objects.get(repeats=original).learner == learner


def test_the_command_fails_when_they_differ(learner: Learner, instant_worker: Any) -> None:
    original = with_receipt(make_finished(learner), "cafe")
    instant_worker("beef")
    with pytest.raises(CommandError, match="different"):
        call_command("repeat_run", str(original.pk), "--wait")


def test_the_command_fails_when_the_repeat_does(
    learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = with_receipt(make_finished(learner), "cafe")

    def fail(_: float) -> None:
        run = lifecycle.claim_next()
        assert run is not None
        lifecycle.fail(run, "A bad day.")

    monkeypatch.setattr(repeat_run, "sleep", fail)
    with pytest.raises(CommandError, match="A bad day"):
        call_command("repeat_run", str(original.pk), "--wait")


def test_without_waiting_it_only_queues(capsys: pytest.CaptureFixture[str]) -> None:
    original = make_finished()
    call_command("repeat_run", str(original.pk))
    assert "Queued" in capsys.readouterr().out
    assert Run.objects.get(repeats=original).state == Run.State.QUEUED


def test_it_does_not_wait_for_ever(learner: Learner) -> None:
    original = make_finished(learner)
    with pytest.raises(CommandError, match="had not ended after 0 seconds"):
        call_command("repeat_run", str(original.pk), "--wait", "--timeout", "0")


def test_a_run_without_a_digest_cannot_be_compared(learner: Learner, instant_worker: Any) -> None:
    original = make_finished(learner)
    instant_worker("cafe")
    with pytest.raises(CommandError, match="no digest"):
        call_command("repeat_run", str(original.pk), "--wait")


def test_a_run_that_is_none() -> None:
    with pytest.raises(CommandError, match="There is no run"):
        call_command("repeat_run", "00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize("make", [make_run, make_claimed])
def test_a_run_that_has_not_ended_can_be_repeated(make: Any, learner: Learner) -> None:
    original = make(learner)
    client_of(learner).post(f"/runs/{original.pk}/repeat/")
    assert Run.objects.filter(repeats=original).count() == 1
