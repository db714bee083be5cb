"""That a run diverged is kept as a fact, and told as that wherever a run's end is told."""

import importlib
import re
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import (
    diverge,
    epoch_report,
    make_claimed,
    make_experiment,
    make_finished,
    make_run,
    start_report,
    tick_report,
)
from training_jobs import groups, lifecycle, services
from training_jobs.models import Experiment, Run
from training_jobs.queries import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create(seed=5)


@pytest.fixture
def diverged(learner: Learner) -> Run:
    return diverge(make_claimed(learner), 0.14, start_report(), tick_report(0.1))


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_it_is_a_field_of_the_run_and_not_its_reason(diverged: Run) -> None:
    assert (diverged.state, diverged.diverged_at) == (Run.State.FAILED, 0.14)
    assert (diverged.told_state, diverged.told_end) == ("diverged", "diverged in epoch 0.1")
    assert snapshot(diverged)["diverged_at"] == 0.14
    other = make_claimed(Learner.objects.create())
    lifecycle.fail(other, "It diverged in epoch 0.1: so says a text.")
    other.refresh_from_db()
    assert (other.told_state, other.diverged_at) == ("failed", None)


def test_rows_from_before_the_field_are_read_once(learner: Learner) -> None:
    experiment = make_experiment()
    reasons = ("It diverged in epoch 2.4: the weights grew.", "It needed more memory.", "")
    runs = [groups.request_sweep(experiment, Learner.objects.create(), key=one) for one in reasons]
    for group, reason in zip(runs, reasons, strict=True):
        Run.objects.filter(group=group).update(state="failed", reason=reason)
    migration = importlib.import_module("training_jobs.migrations.0006_divergence")
    migration.read_reasons(apps, None)
    told = [
        set(Run.objects.filter(group=one).values_list("diverged_at", flat=True)) for one in runs
    ]
    assert told == [{2.4}, {None}, {None}]


@pytest.mark.parametrize("address", ["/me/runs/", "/experiments/small/", "/runs/compare/"])
def test_lists_say_that_it_diverged(diverged: Run, learner: Learner, address: str) -> None:
    page = text(client_of(learner).get(address))
    assert re.search(r">\s*diverged\s*<", page)
    assert "failed" not in page


def test_the_runs_page_says_where_it_diverged(diverged: Run, learner: Learner) -> None:
    page = text(client_of(learner).get(diverged.get_absolute_url()))
    assert "<strong>Diverged.</strong> In epoch 0.1 the loss or a weight grew beyond" in page
    assert "none: it diverged in epoch 0.1" in page
    assert PROMISE not in page
    assert "Failed" not in page


def test_a_comparison_says_where_it_diverged_and_draws_it_up_to_there(
    diverged: Run, learner: Learner
) -> None:
    other = make_finished()
    query = f"run={diverged.pk}&run={other.pk}"
    client = client_of(learner)
    assert "<td>diverged in epoch 0.1</td>" in text(client.get(f"/runs/compare/?{query}"))
    points = client.get(f"/runs/compare.json?{query}").json()["runs"][0]["points"]
    assert points == [[0.1, 0.7, 0.6]]


def test_a_sweep_counts_what_diverged_apart_from_what_failed(learner: Learner) -> None:
    group = groups.request_sweep(make_experiment(), learner, key="a")
    runs = list(Run.objects.filter(group=group))
    Run.objects.filter(group=group).update(state=Run.State.RUNNING)
    for number, run in enumerate(runs):
        run.refresh_from_db()
        if number == 0:
            lifecycle.fail(run, "It needed more memory.")
        else:
            diverge(run, 0.1, start_report())
    page = text(client_of(learner).get(f"/runs/sweep/{group}/"))
    assert "All 15 runs have ended: 14 diverged, 1 failed." in page
    assert "3 diverged</span>" in page
    assert "2 diverged, 1 failed</span>" in page
    assert "without a result" not in page


@pytest.fixture
def references() -> list[Experiment]:
    """Two experiments; the first has a reference run that succeeded."""
    make_finished()
    return [Experiment.objects.get(), make_experiment("other", title="Other")]


def compared(experiments: list[Experiment]) -> Any:
    query = "&".join(f"experiment={one.slug}" for one in experiments)
    return Client().get(f"/runs/compare/?{query}")


def reference_run(experiment: Experiment) -> Run:
    plan = experiment.plan
    queued = lifecycle.create(experiment, None, plan, "digest", str(uuid4()), None)
    claimed = lifecycle.claim_next()
    assert claimed == queued
    return claimed


def test_reference_runs_are_compared_up_to_where_one_diverged(
    references: list[Experiment],
) -> None:
    diverge(reference_run(references[1]), 1.3, start_report(), epoch_report(1))
    assert "<td>diverged in epoch 1.3</td>" in text(compared(references))


def test_only_the_run_that_lessons_show_says_so(references: list[Experiment]) -> None:
    said = "Lesson pages take their figures from it."
    older, newer = Run.objects.get(), reference_run(references[0])
    assert said in text(Client().get(older.get_absolute_url()))
    assert said not in text(Client().get(newer.get_absolute_url()))
    diverge(newer, 1.3, start_report())
    assert said not in text(Client().get(older.get_absolute_url()))
    assert said in text(Client().get(newer.get_absolute_url()))


def test_why_one_cannot_be_compared_is_said(references: list[Experiment]) -> None:
    refused = compared(references)
    assert refused.status_code == 400
    assert "run of “Other” has no curve to compare. Not measured yet" in text(refused)
    claimed = reference_run(references[1])
    assert "Being measured: the reference run is training." in text(compared(references))
    lifecycle.fail(claimed, "It needed more memory.")
    assert "the reference run failed. It needed more memory." in text(compared(references))


def test_a_comparison_says_that_a_newer_reference_run_failed(
    references: list[Experiment],
) -> None:
    diverge(reference_run(references[1]), 1.3, start_report(), epoch_report(1))
    lifecycle.fail(reference_run(references[0]), "It needed more memory.")
    page = text(compared(references))
    assert "The newest reference run of “Small” failed. It needed more memory." in page
    assert "93.0" in page


PROMISE = "shown when the playback reaches the end"


def test_a_run_without_a_result_says_where_it_stopped_and_promises_nothing(
    learner: Learner,
) -> None:
    run = make_claimed(learner)
    client, address = client_of(learner), run.get_absolute_url()
    assert PROMISE in text(client.get(address))
    for report in (start_report(), epoch_report(1), tick_report(1.5)):
        lifecycle.record(run, report)
    lifecycle.fail(run, "It needed more memory.")
    page = text(client.get(address))
    assert "none: failed after 1.5 of 2 epochs" in page
    assert PROMISE not in page


def test_a_run_cancelled_in_the_queue_promises_no_accuracy(learner: Learner) -> None:
    run = make_run(learner)
    services.cancel_run(run)
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert "none: cancelled" in page
    assert PROMISE not in page


WAITING = ("ppears when", "Drawn when")


def test_a_run_that_waits_says_what_comes_and_one_that_ended_does_not(learner: Learner) -> None:
    run = make_claimed(learner)
    client, address = client_of(learner), run.get_absolute_url()
    assert text(client.get(address)).count("Appears when the run has started.") >= 3
    lifecycle.record(run, start_report())
    assert "Appears when the first epoch is done." in text(client.get(address))
    lifecycle.fail(run, "It needed more memory.")
    other = make_finished()
    for page in (address, f"/runs/compare/?run={run.pk}&run={other.pk}"):
        assert not [words for words in WAITING if words in text(client.get(page))], page
    assert "Nothing to show: the run ended earlier." in text(client.get(address))


def test_a_run_whose_history_was_removed_says_so(learner: Learner) -> None:
    run = make_finished(learner)
    lifecycle.forget_history(run)
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert not [words for words in WAITING if words in page]
    assert "Removed with the history of the run." in page


def test_two_that_ended_at_once_have_no_epoch_to_show(learner: Learner) -> None:
    diverge(make_claimed(learner), 0.1, start_report())
    diverge(make_claimed(Learner.objects.create()), 0.1, start_report())
    Run.objects.update(learner=learner)
    first, second = Run.objects.all()
    page = text(client_of(learner).get(f"/runs/compare/?run={first.pk}&run={second.pk}"))
    assert "None of these runs has an epoch to show." in page


@pytest.mark.parametrize(("at", "told"), [(0.25, "0.2"), (0.75, "0.8"), (1.35, "1.4")])
def test_the_place_of_a_divergence_is_one_figure_on_a_page(
    learner: Learner, at: float, told: str
) -> None:
    run = diverge(make_claimed(learner), at, start_report())
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert f"In epoch {told} the loss or a weight" in page
    assert f"none: it diverged in epoch {told}" in page
