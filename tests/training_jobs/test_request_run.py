"""Asking for a run."""

import pytest
from structlog.testing import capture_logs

from accounts.models import Learner
from tests.training_jobs.factories import (
    PLAN,
    make_claimed,
    make_experiment,
    make_finished,
    make_run,
)
from training_jobs import lifecycle, services
from training_jobs.engine.plan import PlanError
from training_jobs.models import Run
from training_jobs.queries import queue_of

pytestmark = pytest.mark.django_db


def test_the_seed_is_the_learners_own() -> None:
    learner = Learner.objects.create(seed=77)
    run = services.request_run(make_experiment(), learner, key="a")
    assert run.plan["seed"] == 77
    assert run.state == Run.State.QUEUED
    assert run.last_seq == 1


def test_the_seed_can_be_chosen() -> None:
    run = services.request_run(
        make_experiment(), Learner.objects.create(), key="a", seed=5, prediction=0.9
    )
    assert (run.plan["seed"], run.prediction) == (5, 0.9)


def test_the_same_key_is_the_same_run() -> None:
    learner, experiment = Learner.objects.create(), make_experiment()
    first = services.request_run(experiment, learner, key="a")
    assert services.request_run(experiment, learner, key="a", seed=9).id == first.id
    assert services.request_run(experiment, learner, key="b").id != first.id


def test_another_learners_key_is_another_run() -> None:
    experiment = make_experiment()
    runs = {
        services.request_run(experiment, Learner.objects.create(), key="a").id for _ in range(2)
    }
    assert len(runs) == 2


def test_a_seed_out_of_range_is_refused_in_words() -> None:
    with pytest.raises(PlanError, match="Seed 2147483648 is outside 0 to 2147483647"):
        services.request_run(make_experiment(), Learner.objects.create(), key="a", seed=2**31)


def test_a_reference_run_belongs_to_the_plan() -> None:
    experiment = make_experiment()
    first = services.request_reference_run(experiment)
    assert first.learner is None
    assert services.request_reference_run(experiment).id == first.id
    experiment.plan = {**PLAN, "epochs": 3}
    assert services.request_reference_run(experiment).id != first.id


def test_a_reference_run_on_other_data_is_made_again() -> None:
    first = make_finished()
    assert services.request_reference_run(first.experiment).id == first.id
    assert services.request_reference_run(first.experiment, "made").id == first.id
    again = services.request_reference_run(first.experiment, "other")
    assert again.id != first.id
    assert services.request_reference_run(first.experiment, "other").id == again.id


def test_a_reference_run_that_failed_is_made_again() -> None:
    run = make_claimed()
    lifecycle.fail(run, "a bad day")
    assert services.request_reference_run(run.experiment).id != run.id


def test_the_place_in_the_queue_is_counted_when_it_is_read() -> None:
    reference = make_run()
    first, second = (make_run(Learner.objects.create()) for _ in range(2))
    assert [queue_of(run).position for run in (first, second, reference)] == [1, 2, 3]
    services.cancel_run(first)
    assert [queue_of(run).position for run in (second, reference)] == [1, 2]


def test_a_published_plan_that_cannot_be_trained_keeps_no_other_from_its_reference_run() -> None:
    """As one that another version accepted, or one that was changed past the forms."""
    other = make_experiment("other")
    for slug, plan in (("unknown", {**PLAN, "dataset": "elsewhere"}), ("empty", {})):
        make_experiment(slug, plan=plan, position=0)
    with capture_logs() as told:
        assert services.request_reference_runs({"tabular": "made"}) == 1
        assert services.request_reference_runs() == 1
    assert [run.experiment for run in Run.objects.all()] == [other]
    said = [line for line in told if line["event"] == "plan_not_trained"]
    assert {line["experiment"] for line in said} == {"unknown", "empty"}
    assert all(line["error"] for line in said)
