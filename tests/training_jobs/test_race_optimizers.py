"""The optimizer race: several runs from the same start, asked for as one."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import PLAN, make_experiment
from training_jobs import groups
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db
START = "/experiments/adam/race/"


@pytest.fixture
def racers() -> list[Experiment]:
    plans = [("adam", {}), ("sgd", {"learning_rate": 0.1, "momentum": 0.9}), ("rmsprop", {})]
    return [
        make_experiment(kind, title=kind, position=place, plan=PLAN | {"optimizer": kind} | more)
        for place, (kind, more) in enumerate(plans)
    ]


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create(seed=77)


def test_all_start_from_the_same_seed_in_one_group(
    racers: list[Experiment], learner: Learner
) -> None:
    client = client_of(learner)
    response = client.post(START, {"request_key": str(uuid4())})
    runs = list(Run.objects.order_by("created_at"))
    assert [run.experiment for run in runs] == racers
    assert [run.plan["optimizer"] for run in runs] == ["adam", "sgd", "rmsprop"]
    assert {run.plan["seed"] for run in runs} == {77}
    (group,) = {run.group for run in runs}
    assert response["Location"] == f"/runs/compare/?group={group}"
    page = client.get(response["Location"]).content.decode()
    assert "3 runs, side by side" in page
    assert f"group={group}" in page


def test_a_doubled_click_is_one_race(racers: list[Experiment], learner: Learner) -> None:
    form = {"request_key": str(uuid4())}
    client = client_of(learner)
    assert client.post(START, form)["Location"] == client.post(START, form)["Location"]
    assert Run.objects.count() == len(racers)


def test_a_race_and_a_sweep_from_one_page_are_two_wishes(
    racers: list[Experiment], learner: Learner
) -> None:
    race = groups.request_race(racers[0], learner, key="a")
    assert groups.request_sweep(racers[0], learner, key="a") != race
    assert Run.objects.filter(group=race).count() == len(racers)


def test_a_guest_may_race_and_nobody_else_sees_it(racers: list[Experiment]) -> None:
    guest = Client()
    address = guest.post(START)["Location"]
    for page in (address, address.replace("compare/", "compare.json")):
        assert guest.get(page).status_code == 200
        assert Client().get(page).status_code == 404
        assert client_of(Learner.objects.create()).get(page).status_code == 404


def test_only_a_post_starts_it(racers: list[Experiment]) -> None:
    assert Client().get(START).status_code == 405
    assert Client().post("/experiments/nobody/race/").status_code == 404
    assert Run.objects.count() == 0


def test_rivals_differ_in_the_optimizer_only(racers: list[Experiment]) -> None:
    make_experiment("wider", plan=PLAN | {"hidden_units": [9]})
    make_experiment("longer", plan=PLAN | {"epochs": 3})
    make_experiment("draft", state="draft")
    make_experiment("broken", plan={"dataset": "none"})
    assert groups.rivals(racers[0]) == racers
    assert groups.rivals(Experiment.objects.get(slug="wider")) == []
    assert groups.rivals(Experiment.objects.get(slug="broken")) == []


def test_nobody_races_alone(learner: Learner) -> None:
    experiment = make_experiment("adam")
    response = client_of(learner).post(START, follow=True)
    assert "has no rival" in response.content.decode()
    with pytest.raises(PlanError, match="no rival"):
        groups.request_race(experiment, learner, key="a")
    assert "optimizer race" not in Client().get("/experiments/adam/").content.decode()


def test_the_experiment_page_offers_it(racers: list[Experiment]) -> None:
    page = " ".join(Client().get("/experiments/adam/").content.decode().split())
    assert "Race all three" in page
    assert "adam, sgd and rmsprop start from the same weights" in page
    assert "They differ in the optimizer, the learning rate and the momentum." in page


RACERS = st.fixed_dictionaries(
    {"optimizer": st.sampled_from(["adam", "rmsprop", "adagrad"])},
    optional={"learning_rate": st.sampled_from([0.01, 0.1])},
)


@given(st.lists(RACERS, min_size=2, max_size=4))
def test_a_race_names_all_that_differs_and_nothing_else(changes: list[dict[str, Any]]) -> None:
    plans = [PLAN | change for change in changes]
    words = groups.differences(plans)
    for name, told in groups.NAMED.items():
        values = {Plan.parse(plan).as_json()[name] for plan in plans}
        assert (told in words) == (len(values) > 1)


def test_all_or_none_are_queued(racers: list[Experiment], learner: Learner, settings: Any) -> None:
    settings.GUEST_RUNS_AN_HOUR = 2
    response = client_of(learner).post(START, follow=True)
    assert response.status_code == 429
    assert "is the limit" in response.content.decode()
    assert Run.objects.count() == 0


def test_a_race_takes_one_place_of_the_learners(
    racers: list[Experiment], learner: Learner, settings: Any
) -> None:
    settings.GUEST_ACTIVE_RUNS = 2
    groups.request_race(racers[0], learner, key="a")
    groups.request_race(racers[0], learner, key="b")
    assert Run.objects.count() == 2 * len(racers)
