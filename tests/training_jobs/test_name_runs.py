"""A run is called by its own plan, wherever it is named, and can be asked for again as it was."""

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import Learner
from lessons.models import Topic
from tests.factories import client_of, make_topic
from tests.training_jobs.factories import PLAN, make_experiment, start_report
from training_jobs import groups, lifecycle, services
from training_jobs.comparisons import comparison
from training_jobs.durations import forecast
from training_jobs.engine.plan import Plan
from training_jobs.models import Experiment, Run
from training_jobs.run_titles import made_title, title_of

pytestmark = pytest.mark.django_db
TITLE = "Digits with 64 hidden units"
OWN = {**PLAN, "dataset": "mnist", "hidden_units": [64], "validation_fraction": 0.1}
PERMITS: dict[str, Any] = {"hidden_units": [[16], [64]], "optimizer": ["adam", "sgd"]}
MADE = "MNIST digits, 16 hidden units, Adam at 0.01"


@pytest.fixture
def experiment() -> Experiment:
    summary = "One hidden layer of 64 units learns to read digits."
    return make_experiment(title=TITLE, summary=summary, plan=OWN, permits=PERMITS)


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create(seed=5)


def changed(experiment: Experiment, learner: Learner, **changes: Any) -> Run:
    wanted = changes or {"hidden_units": [16]}
    return services.request_run(experiment, learner, key=str(uuid4()), changes=wanted)


def text(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def again_of(page: str) -> str:
    found = re.search(r'<a class="button" href="([^"]*)"> *Run it', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_the_page_of_a_changed_run_is_headed_by_its_own_plan(
    experiment: Experiment, learner: Learner
) -> None:
    run = changed(experiment, learner)
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert f"<h1>{MADE}</h1>" in page
    assert f"<title>Run: {MADE} –" in page
    assert experiment.summary not in page
    assert "hidden layers one of 16 units instead of one of 64 units" in page


def test_a_run_of_the_experiments_own_plan_keeps_its_title(
    experiment: Experiment, learner: Learner
) -> None:
    run = changed(experiment, learner, hidden_units=[64], watched_row=7)
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert f"<h1>{TITLE}</h1>" in page
    assert experiment.summary in page


def test_a_run_from_before_the_experiment_was_changed_is_told_from_it(
    experiment: Experiment, learner: Learner
) -> None:
    run = changed(experiment, learner, hidden_units=[64])
    Experiment.objects.update(
        title="Digits with 32 hidden units", plan=OWN | {"hidden_units": [32]}
    )
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert "<h1>MNIST digits, 64 hidden units, Adam at 0.01</h1>" in page


@pytest.mark.parametrize("address", ["/me/", "/me/runs/", "/runs/compare/"])
def test_lists_name_a_changed_run_by_its_own_plan(
    experiment: Experiment, learner: Learner, address: str
) -> None:
    make_topic("gradients")
    Topic.objects.update(experiment=experiment)
    changed(experiment, learner)
    page = client_of(learner).get(address).content.decode()
    assert MADE in page
    assert f">{TITLE}</a>" not in page


def test_the_experiments_list_of_runs_says_what_was_changed(
    experiment: Experiment, learner: Learner
) -> None:
    changed(experiment, learner)
    page = text(client_of(learner).get(experiment.get_absolute_url()))
    assert "<td> hidden layers one of 16 units </td>" in page


def test_files_of_a_changed_run_are_not_named_after_the_experiment(
    experiment: Experiment, learner: Learner
) -> None:
    own, other = changed(experiment, learner, hidden_units=[64]), changed(experiment, learner)
    for run, name in ((own, "small"), (other, "run")):
        answer = client_of(learner).get(f"/runs/{run.pk}/history.csv")
        assert f'"{name}-{str(run.pk)[:8]}.csv"' in answer["Content-Disposition"]


def test_a_comparison_names_each_run_by_its_own_plan(
    experiment: Experiment, learner: Learner
) -> None:
    runs = [changed(experiment, learner, hidden_units=[units]) for units in (16, 64)]
    assert [one.label for one in comparison(runs).compared] == [MADE, TITLE]


def test_a_sweep_is_headed_by_the_plan_that_was_swept(
    experiment: Experiment, learner: Learner
) -> None:
    group = groups.request_sweep(experiment, learner, key="a")
    page = text(client_of(learner).get(f"/runs/sweep/{group}/"))
    assert f"{TITLE}, at 5 learning rates" in page
    Experiment.objects.update(plan=OWN | {"hidden_units": [32]})
    page = text(client_of(learner).get(f"/runs/sweep/{group}/"))
    assert "MNIST digits, 64 hidden units, Adam, at 5 learning rates" in page


def test_a_made_title_says_what_was_changed_beyond_network_and_optimizer() -> None:
    assert title_of(OWN | {"epochs": 9, "dropout": 0.2}, TITLE, OWN) == (
        "MNIST digits, 64 hidden units, Adam at 0.01, dropout 0.2, epochs 9"
    )
    convolution = OWN | {"network": "convolutional", "hidden_units": []}
    assert made_title(convolution) == (
        "MNIST digits, a convolution and no hidden layer, Adam at 0.01"
    )
    nesterov = {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "hidden_units": [64, 32]}
    assert made_title(OWN | nesterov) == (
        "MNIST digits, 64 and 32 hidden units, SGD at 0.01, Nesterov momentum 0.9"
    )


def test_to_run_it_again_asks_for_the_same_plan(experiment: Experiment, learner: Learner) -> None:
    run = changed(experiment, learner, hidden_units=[16], optimizer="sgd", watched_row=7)
    client = client_of(learner)
    form = client.get(again_of(text(client.get(run.get_absolute_url()))))
    fields = {one.name: one.value() for one in form.context["form"] if one.value() is not None}
    fields["request_key"] = str(uuid4())
    assert client.post(experiment.get_absolute_url(), fields).status_code == 302
    # What stands beside the filled form is not what the form asks for.
    assert ">The experiment’s own plan</h2>" in form.content.decode()
    first, second = Run.objects.order_by("created_at")
    assert first.plan == second.plan


def test_what_the_form_cannot_offer_is_not_promised(
    experiment: Experiment, learner: Learner
) -> None:
    group = groups.request_sweep(experiment, learner, key="a")
    run = Run.objects.filter(group=group, plan__learning_rate=0.1).first()
    assert run is not None
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert "Run it again" not in page
    assert "Run the experiment as it is now" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"hidden_units": "[256]"}, "Hidden layers: “[256]” is not offered"),
        ({"hidden_units": "a\0b"}, "Hidden layers: “a"),
        ({"hidden_units": "9" * 5000}, f"Hidden layers: “{'9' * 40}…” is not offered"),
        ({"learning_rate": "0.5"}, "Learning rate cannot be changed in this experiment"),
        ({"seed": "-1"}, "Seed: “-1” is not accepted, and its field stays as it was. Enter a"),
        ({"seed": "x"}, "Enter a whole number from 0 to 2,147,483,647."),
        ({"watched_row": "10000"}, "Watched test row: “10000” is not accepted"),
        ({"hidden_units": ["[16]", "[64]"]}, "Hidden layers was given 2 times"),
    ],
)
def test_an_address_sets_what_is_permitted_and_nothing_else(
    experiment: Experiment, query: dict[str, Any], said: str
) -> None:
    page = text(Client().get(f"{experiment.get_absolute_url()}?{urlencode(query, doseq=True)}"))
    assert escape(said) in page
    assert '<option value="[64]" selected>' in page
    assert not Run.objects.exists()


def test_what_is_no_field_of_a_plan_is_none_of_ours(experiment: Experiment) -> None:
    page = text(Client().get(f"{experiment.get_absolute_url()}?utm_source=mail&title=x"))
    assert "its field stays" not in page


def parameters_of(changes: dict[str, Any]) -> str:
    return f"<b>{forecast().of(Plan.parse(OWN | changes)).parameters:,}</b> parameters"


@pytest.mark.parametrize("part", ["", "part=estimate&"])
def test_the_estimate_follows_the_choice(experiment: Experiment, part: str) -> None:
    query = urlencode({"hidden_units": "[16]", "optimizer": "sgd"})
    page = text(Client().get(f"{experiment.get_absolute_url()}?{part}{query}"))
    assert f"With these choices: {parameters_of({'hidden_units': [16]})}" in page
    assert ("<html" in page) == (not part)


def test_the_estimate_follows_the_choice_when_another_field_is_refused(
    experiment: Experiment,
) -> None:
    fields = {"hidden_units": "[16]", "predicted_percent": "101"}
    page = Client().post(experiment.get_absolute_url(), fields).content.decode()
    assert parameters_of({"hidden_units": [16]}) in page
    assert parameters_of({}) not in page


def test_the_estimate_follows_the_choice_of_a_run_that_is_turned_away(
    experiment: Experiment, learner: Learner
) -> None:
    for _ in range(20):
        response = client_of(learner).post(
            experiment.get_absolute_url(), {"hidden_units": "[16]", "request_key": str(uuid4())}
        )
        if response.status_code != 302:
            break
    assert response.status_code == 429
    assert parameters_of({"hidden_units": [16]}) in response.content.decode()


def test_a_choice_that_is_refused_has_no_estimate(experiment: Experiment) -> None:
    response = Client().post(experiment.get_absolute_url(), {"hidden_units": "[256]"})
    assert "parameters</b>" not in response.content.decode()
    assert "run-estimate" not in response.content.decode()


def test_what_is_estimated_is_what_a_run_is_queued_with(
    experiment: Experiment, learner: Learner
) -> None:
    run = changed(experiment, learner)
    expected = forecast().of(Plan.parse(OWN | {"hidden_units": [16]}))
    assert run.estimated_seconds == expected.seconds


def test_a_run_is_started_whatever_the_address_says(experiment: Experiment) -> None:
    address = f"{experiment.get_absolute_url()}?part=estimate&hidden_units=[64]"
    assert Client().post(address, {"hidden_units": "[16]"}).status_code == 302
    assert Run.objects.get().plan["hidden_units"] == [16]


def test_an_address_whose_choices_make_no_plan_says_so() -> None:
    sgd = {**PLAN, "optimizer": "sgd", "momentum": 0.9}
    make_experiment(plan=sgd, permits={"momentum": [0.0, 0.9], "nesterov": [False, True]})
    for part in ("", "&part=estimate"):
        page = text(Client().get(f"/experiments/small/?momentum=0&nesterov=true{part}"))
        assert "This plan cannot be trained: Nesterov needs" in page


def test_a_withdrawn_experiment_is_not_offered_again(
    experiment: Experiment, learner: Learner
) -> None:
    run = changed(experiment, learner)
    lifecycle.request_cancel(run)
    Experiment.objects.update(state="draft")
    page = text(client_of(learner).get(run.get_absolute_url()))
    assert 'class="button" href="/experiments/' not in page


def test_a_live_page_is_headed_by_the_data_as_soon_as_that_is_known(
    experiment: Experiment, learner: Learner
) -> None:
    run, client = changed(experiment, learner), client_of(learner)
    address = run.get_absolute_url()
    before = text(client.get(f"{address}?part=facts"))
    assert f'data-page-title="Run: {MADE} –' in before
    assert f"<h1>{MADE}</h1>" in before
    claimed = lifecycle.claim_next()
    assert claimed == run
    start = start_report()
    stood_in = {"name": "digits", "title": "scikit-learn’s digits"}
    lifecycle.record(claimed, replace(start, dataset={**start.dataset, **stood_in}))
    met = MADE.replace("MNIST digits", "Scikit-learn’s digits")
    part, page = text(client.get(f"{address}?part=facts")), text(client.get(address))
    assert f'data-page-title="Run: {met} –' in part
    assert f"<title>Run: {met} –" in page
    for shown in (part, page):
        assert f"<h1>{met}</h1>" in shown
        assert MADE not in shown
