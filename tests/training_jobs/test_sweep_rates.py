"""The learning-rate sweep: several rates with several seeds, and how far they spread."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import (
    PLAN,
    make_experiment,
    result_report,
    start_report,
)
from training_jobs import comparisons, groups, lifecycle
from training_jobs.models import Run
from training_jobs.sweeps import BOTTOM, TOP, sweep_of

pytestmark = pytest.mark.django_db
START = "/experiments/small/sweep/"


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create(seed=5)


def finish(run: Run, accuracy: float) -> None:
    """Lets this run, wherever it stands in the queue, succeed with this accuracy."""
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)
    run.refresh_from_db()
    lifecycle.record(run, start_report())
    assert lifecycle.succeed(run, result_report(accuracy))


def test_five_rates_with_three_seeds_are_one_group(learner: Learner) -> None:
    make_experiment()
    client = client_of(learner)
    response = client.post(START, {"request_key": str(uuid4())})
    runs = Run.objects.all()
    assert {(run.plan["learning_rate"], run.plan["seed"]) for run in runs} == {
        (rate, seed) for rate in (0.001, 0.003, 0.01, 0.03, 0.1) for seed in (5, 6, 7)
    }
    (group,) = {run.group for run in runs}
    assert response["Location"] == f"/runs/sweep/{group}/"
    assert "0 of 15 runs have ended" in client.get(response["Location"]).content.decode()


def test_a_doubled_click_is_one_sweep(learner: Learner) -> None:
    make_experiment()
    form = {"request_key": str(uuid4())}
    client = client_of(learner)
    assert client.post(START, form)["Location"] == client.post(START, form)["Location"]
    assert Run.objects.count() == 15


def test_a_group_too_large_to_compare_is_shown_as_a_sweep(learner: Learner) -> None:
    group = groups.request_sweep(make_experiment(), learner, key="a")
    client = client_of(learner)
    compared = client.get(f"/runs/compare/?group={group}")
    assert (compared.status_code, compared["Location"]) == (302, f"/runs/sweep/{group}/")
    assert len(client.get(f"/runs/compare.json?group={group}").json()["runs"]) == 6


def test_it_is_its_learners_alone(learner: Learner) -> None:
    group = groups.request_sweep(make_experiment(), learner, key="a")
    page = f"/runs/sweep/{group}/"
    assert client_of(learner).get(page).status_code == 200
    for stranger in (Client(), client_of(Learner.objects.create())):
        assert stranger.get(page).status_code == 404
    assert client_of(learner).get(f"/runs/sweep/{uuid4()}/").status_code == 404
    assert client_of(learner).post(page).status_code == 405
    assert Client().get(START).status_code == 405


def test_a_rate_outside_what_a_plan_may_have_is_left_out() -> None:
    experiment = make_experiment(plan=PLAN | {"learning_rate": 0.0002})
    assert groups.swept_rates(experiment) == [0.0002, 0.0006, 0.002]


def test_rates_that_a_learner_may_choose_are_those_swept() -> None:
    rates = [0.01, 0.02, 0.05, 0.1]
    assert groups.swept_rates(make_experiment(permits={"learning_rate": rates})) == rates


def test_the_last_seed_goes_round() -> None:
    learner = Learner.objects.create(seed=2**31 - 1)
    group = groups.request_sweep(make_experiment(), learner, key="a")
    assert sweep_of(comparisons.group_runs(str(group), learner)).seeds == [0, 1, 2**31 - 1]


def test_a_broken_plan_offers_and_starts_nothing(learner: Learner) -> None:
    make_experiment(plan=PLAN | {"epochs": 0})
    client = client_of(learner)
    assert "sweep" not in client.get("/experiments/small/").content.decode()
    client.post(START)
    assert Run.objects.count() == 0


def test_mean_and_spread_are_over_the_seeds(learner: Learner) -> None:
    group = groups.request_sweep(make_experiment(), learner, key="a")
    runs = comparisons.group_runs(str(group), learner)
    for run, accuracy in zip(runs, (0.5, 0.6, 0.7, 0.9), strict=False):
        finish(run, accuracy)
    lifecycle.request_cancel(runs[14])
    sweep = sweep_of(comparisons.group_runs(str(group), learner))
    first, second, *_, last = sweep.rates
    assert first.mean == pytest.approx(0.6)
    assert (first.low, first.high) == (0.5, 0.7)
    assert first.spread == pytest.approx(0.2)
    assert (second.mean, second.spread) == (0.9, None)  # of one seed there is no spread
    assert (last.mean, last.missing) == (None, "1 cancelled")
    assert sweep.best == [first]  # one seed of three is no mean of the second rate
    assert (sweep.done, sweep.is_active) == (5, True)
    page = client_of(learner).get(f"/runs/sweep/{group}/").content.decode()
    assert "5 of 15 runs have ended" in page
    assert "60.0" in page
    assert page.count('class="chart-point untrained"') == 4
    assert page.count("1 of 3 seeds") == 1
    assert page.count("0 of 3 seeds") == 0


def test_rates_are_written_alike_on_all_pages(learner: Learner) -> None:
    group = groups.request_sweep(
        make_experiment(plan=PLAN | {"learning_rate": 0.1}), learner, key="a"
    )
    for address in (f"/runs/sweep/{group}/", "/experiments/small/"):
        page = client_of(learner).get(address).content.decode()
        assert re.search(r'class="number">1</t[hd]>', page)
        assert ">1.0<" not in page


def test_the_chart_keeps_within_its_frame(learner: Learner) -> None:
    group = groups.request_sweep(make_experiment(), learner, key="a")
    for run, accuracy in zip(Run.objects.all(), (0.0, 1.0, 0.03), strict=False):
        finish(run, accuracy)
    sweep = sweep_of(comparisons.group_runs(str(group), learner))
    places = [y for place in sweep.places for y in place.seeds]
    assert (max(places), min(places)) == (BOTTOM, TOP)


def test_a_sweep_of_a_whole_group_costs_few_queries(
    learner: Learner, django_assert_max_num_queries: Any
) -> None:
    group = groups.request_sweep(make_experiment(), learner, key="a")
    for run in Run.objects.all():
        finish(run, 0.5)
    client = client_of(learner)
    with django_assert_max_num_queries(8):
        client.get(f"/runs/sweep/{group}/")
