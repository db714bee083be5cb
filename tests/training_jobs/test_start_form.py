"""The form on an experiment's page: what it offers, what it says, what it starts."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import PLAN, make_experiment, make_run
from tests.training_jobs.test_permits import PERMITS
from training_jobs.engine.estimates import estimate
from training_jobs.engine.plan import Plan
from training_jobs.forms import PERCENT, StartRunForm
from training_jobs.models import Run
from training_jobs.plan_words import hidden, network, optimizer

pytestmark = pytest.mark.django_db
ADDRESS = "/experiments/small/"


def page(client: Client | None = None) -> str:
    return (client or Client()).get(ADDRESS).content.decode()


def post(**fields: str) -> Any:
    return Client().post(ADDRESS, {"seed": "7", "request_key": str(uuid4())} | fields)


def selected(text: str) -> list[str]:
    return re.findall(r'<option value="([^"]*)" selected', text)


def test_it_offers_what_is_permitted_and_begins_with_the_plan() -> None:
    make_experiment(permits=PERMITS)
    text = page()
    assert selected(text) == ["[8]", "adam"]
    assert "two of 16 and 8 units" in text
    assert 'name="epochs"' not in text


def test_without_permits_nothing_can_be_changed() -> None:
    make_experiment()
    assert "<select" not in page()
    refused = post(epochs="50")
    assert refused.status_code == 422
    assert "This form has no field “epochs”" in refused.content.decode()
    assert not Run.objects.exists()


def test_a_learner_changes_the_plan() -> None:
    make_experiment(permits=PERMITS)
    assert post(hidden_units="[16, 8]", optimizer="sgd", watched_row="3").status_code == 302
    plan = Run.objects.get().plan
    assert (plan["hidden_units"], plan["optimizer"], plan["watched_row"]) == ([16, 8], "sgd", 3)


@pytest.mark.parametrize(
    "change",
    [{"seed": "2"}, {"predicted_percent": "50"}, {"optimizer": "sgd"}, {"watched_row": "3"}],
)
def test_a_form_that_is_changed_and_sent_again_starts_another_run(change: dict[str, str]) -> None:
    make_experiment(permits=PERMITS)
    learner, form = Client(), {"seed": "1", "request_key": str(uuid4())}
    first = learner.post(ADDRESS, form)["Location"]
    second = learner.post(ADDRESS, form | change)["Location"]
    assert first != second
    assert learner.post(ADDRESS, form)["Location"] == first
    assert learner.post(ADDRESS, form | change)["Location"] == second
    assert Run.objects.count() == 2


def test_a_form_s_key_starts_no_run_of_another_experiment() -> None:
    make_experiment()
    other = make_experiment("other")
    learner, form = Client(), {"seed": "1", "request_key": str(uuid4())}
    learner.post(ADDRESS, form)
    learner.post(other.get_absolute_url(), form)
    assert {run.experiment.slug for run in Run.objects.all()} == {"small", "other"}


def test_what_is_not_sent_stays_as_the_experiment_has_it() -> None:
    make_experiment(permits=PERMITS)
    post(hidden_units="")
    plan = Run.objects.get().plan
    assert (plan["hidden_units"], plan["optimizer"], plan["watched_row"]) == ([8], "adam", 0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hidden_units": "[256]"}, "“[256]” is none of these values. Choose one."),
        ({"optimizer": "adagrad"}, "“adagrad” is none of these values"),
        ({"watched_row": "200"}, "Enter a whole number from 0 to 199."),
        ({"watched_row": "-1"}, "Enter a whole number from 0 to 199."),
        ({"watched_row": "x"}, "Enter a whole number from 0 to 199."),
    ],
)
def test_a_bad_choice_is_told_and_nothing_is_lost(fields: dict[str, str], words: str) -> None:
    make_experiment(permits=PERMITS)
    response = post(**({"predicted_percent": "61.5", "optimizer": "sgd"} | fields))
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert 'value="61.5"' in text
    assert 'value="7"' in text
    assert ("sgd" in selected(text)) == ("optimizer" not in fields)
    assert not Run.objects.exists()
    assert not Learner.objects.exists()


def test_choices_that_are_right_alone_and_wrong_together() -> None:
    sgd = {**PLAN, "optimizer": "sgd", "momentum": 0.9}
    make_experiment(plan=sgd, permits={"momentum": [0.0, 0.9], "nesterov": [False, True]})
    response = post(momentum="0", nesterov="true")
    assert "Nesterov needs the optimizer sgd with a momentum" in response.content.decode()
    assert selected(response.content.decode()) == ["0", "true"]
    assert not Run.objects.exists()


def test_the_size_is_told_before_the_run() -> None:
    make_experiment(permits=PERMITS)
    size = estimate(Plan.parse(PLAN))
    text = " ".join(page().split())
    assert f"<b>{size.parameters}</b> parameters" in text
    assert f"<b>{size.megabytes} MB</b>" in text


def test_other_choices_can_be_estimated_without_a_run() -> None:
    make_experiment(permits=PERMITS)
    response = post(hidden_units="[16, 8]", optimizer="adam", estimate="1")
    size = estimate(Plan.parse({**PLAN, "hidden_units": [16, 8]}))
    assert response.status_code == 200
    assert f"<b>{size.parameters}</b> parameters" in response.content.decode()
    assert selected(response.content.decode()) == ["[16, 8]", "adam"]
    assert not Run.objects.exists()
    assert not Learner.objects.exists()


def test_an_impossible_plan_is_refused_when_it_is_estimated() -> None:
    sgd = {**PLAN, "optimizer": "sgd", "momentum": 0.9}
    make_experiment(plan=sgd, permits={"momentum": [0.0, 0.9], "nesterov": [False, True]})
    response = post(momentum="0", nesterov="true", estimate="1")
    assert "This plan cannot be trained: Nesterov" in response.content.decode()


def test_the_quizs_form_asks_for_a_prediction_and_a_seed_only() -> None:
    assert [field.name for field in StartRunForm().visible_fields()] == [
        "predicted_percent",
        "seed",
    ]


def test_the_runs_page_says_what_was_changed() -> None:
    learner = Learner.objects.create()
    make_experiment(permits=PERMITS)
    run = make_run(learner)
    text = client_of(learner).get(f"/runs/{run.id}/").content.decode()
    assert "one hidden layer of 8 units (ReLU), then one output per class" in text
    assert "Adam with learning rate 0.01" in text


def test_a_plan_in_words() -> None:
    plan = {**PLAN, "network": "convolutional", "hidden_units": [32, 16], "dropout": 0.2}
    assert network(plan) == (
        "a convolution of 8 filters, 3 × 3 pixels each, and pooling, then two hidden layers of 32"
        " and 16 units (ReLU), then dropout of 0.2 after each, then one output per class (softmax)"
    )
    assert hidden({**PLAN, "hidden_units": []}) == "no hidden layer"
    assert network({**PLAN, "hidden_units": []}) == "one output per class (softmax)"
    nesterov = {"optimizer": "sgd", "momentum": 0.9, "nesterov": True}
    assert optimizer(PLAN | nesterov) == "SGD with learning rate 0.01 and Nesterov momentum 0.9"
    decay = {"optimizer": "adamw", "weight_decay": 0.1}
    assert optimizer(PLAN | decay) == "AdamW with learning rate 0.01 and weight decay 0.1"


@pytest.mark.parametrize(
    ("typed", "percent"),
    [("", None), ("9,5", 9.5), ("97.5 %", 97.5), ("100,0", 100), ("007", 7), (",5", 0.5), ("0", 0)],
)
def test_a_browser_lets_through_what_is_a_percentage(typed: str, percent: float | None) -> None:
    assert re.fullmatch(PERCENT, typed)
    form = StartRunForm({"predicted_percent": typed})
    assert form.is_valid()
    assert form.cleaned_data["predicted_percent"] == percent


@pytest.mark.parametrize(
    "typed", ["101", "100.1", "-1", "half", "97,5x", "9,5,1", "1 0", ".", "9.5,"]
)
def test_a_browser_stops_what_the_server_refuses_and_keeps(typed: str) -> None:
    assert not re.fullmatch(PERCENT, typed)
    make_experiment()
    refused = post(predicted_percent=typed, seed="x7")
    text = refused.content.decode()
    assert refused.status_code == 422
    for kept in (typed, "x7"):
        assert f'value="{kept}"' in text
    assert 'type="number"' not in text, "a browser hides a value that is not a number"
    assert not Run.objects.exists()
