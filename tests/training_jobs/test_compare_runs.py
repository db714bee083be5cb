"""Runs side by side."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import (
    PLAN,
    epoch_report,
    make_experiment,
    make_finished,
    make_run,
    result_report,
    start_report,
    tick_report,
)
from training_jobs import comparisons, lifecycle
from training_jobs.comparisons import comparison
from training_jobs.engine.plan import Plan
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db
PAGE = "/runs/compare/"


def make(learner: Learner | None = None, slug: str = "small", **changes: Any) -> Run:
    """A queued run with a plan of its own."""
    experiment = Experiment.objects.filter(slug=slug).first() or make_experiment(slug, title=slug)
    plan = Plan.parse({**PLAN, **changes})
    values = plan.as_json()
    return lifecycle.create(experiment, learner, values, plan.digest, str(uuid4()), None)


def address(*runs: Run, page: str = PAGE, **more: str) -> str:
    return f"{page}?{urlencode([('run', str(run.pk)) for run in runs] + list(more.items()))}"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def learner() -> Learner:
    return Learner.objects.create()


def test_a_finished_and_a_waiting_one(learner: Learner) -> None:
    first, second = make_finished(learner), make(learner, seed=9)
    page = text(client_of(learner).get(address(first, second)))
    for shown in ("2 runs, side by side", "93.0 %", "queued", "seed 9"):
        assert shown in page
    assert '<meta http-equiv="refresh"' in page  # it is still going on
    assert page.count('class="compare-mark compare-2"') >= 2


def test_only_ones_own_and_reference_runs(learner: Learner) -> None:
    mine, reference = make_finished(learner), make(slug="open")
    theirs = make(Learner.objects.create(), seed=8)
    client = client_of(learner)
    for page in (PAGE, "/runs/compare.json"):
        assert client.get(address(mine, reference, page=page)).status_code == 200
        assert client.get(address(mine, theirs, page=page)).status_code == 404
        assert Client().get(address(mine, reference, page=page)).status_code == 404
        assert client.post(address(mine, reference, page=page)).status_code == 405


def test_a_guest_compares_reference_runs() -> None:
    assert Client().get(address(make(slug="a"), make(slug="b"))).status_code == 200


def test_a_run_that_is_none_is_not_there() -> None:
    run = make_run()
    assert Client().get(f"{address(run)}&run={uuid4()}").status_code == 404


@pytest.mark.parametrize("page", [PAGE, "/runs/compare.json"])
def test_what_is_no_comparison_is_refused_in_words(learner: Learner, page: str) -> None:
    client = client_of(learner)
    runs = [make(learner, seed=seed) for seed in range(7)]
    cases = {
        page: "Choose at least 2 different runs",
        address(runs[0], page=page): "Choose at least 2 different runs",
        address(runs[0], runs[0], page=page): "Choose at least 2 different runs",
        address(*runs, page=page): "At most 6 runs can be compared at once, and these are 7",
        f"{page}?run=x&run=y": "is not the id of a run",
        f"{page}?run=%00&run=y": "is not the id of a run",
        f"{page}?group=nonsense": "is not the id of a run",
    }
    for asked, words in cases.items():
        response = client.get(asked)
        assert response.status_code == 400, asked
        assert words in response.content.decode(), asked


def test_the_refusal_offers_ones_own_runs(learner: Learner) -> None:
    mine = make(learner)
    theirs = make(Learner.objects.create())
    page = text(client_of(learner).get(PAGE))
    assert str(mine.pk) in page
    assert str(theirs.pk) not in page


def test_a_script_in_an_id_stays_text() -> None:
    response = Client().get(f"{PAGE}?run=<script>&run=b")
    assert b"<script>&" not in response.content
    assert b"&lt;script&gt;" in response.content


def test_only_differences_is_a_plain_parameter(learner: Learner) -> None:
    runs = make(learner, seed=1), make(learner, seed=2, hidden_units=[16])
    client = client_of(learner)
    everything = text(client.get(address(*runs)))
    assert "Batch size" in everything
    assert f"run={runs[0].pk}&amp;run={runs[1].pk}&amp;only=differences#plan" in everything
    differing = text(client.get(address(*runs, only="differences")))
    assert "Batch size" not in differing
    for shown in ("Seed", "one of 16 units", "Show every field"):
        assert shown in differing


def test_plans_that_do_not_differ_say_so(learner: Learner) -> None:
    runs = make(learner), make(learner)
    page = text(client_of(learner).get(address(*runs, only="differences")))
    assert "The plans are the same in every field" in page


def test_the_part_is_what_a_live_page_fetches(learner: Learner) -> None:
    page = text(client_of(learner).get(address(make(learner), make(learner), part="tables")))
    assert "<html" not in page
    assert "How they ended" in page


@pytest.mark.parametrize(
    ("digests", "verdict"),
    [(["a", "a"], "same"), (["a", "b"], "different"), (["a", ""], ""), (["", ""], "")],
)
def test_weights_are_compared_by_their_digests(
    learner: Learner, digests: list[str], verdict: str
) -> None:
    runs = [make(learner, seed=number) for number in range(2)]
    for run, digest in zip(runs, digests, strict=True):
        run.receipt = {"weights_sha256": digest} if digest else None
        run.save()
    assert comparison(runs).weights_verdict == verdict


def on_digits(run: Run) -> Run:
    """The run, trained on what stands in for MNIST."""
    data = {"name": "digits", "title": "scikit-learn’s digits", "sha256": "d"}
    run.receipt = {"data": data, "weights_sha256": "w"}
    run.save(update_fields=["receipt"])
    return run


def test_the_data_is_what_was_trained_on(learner: Learner) -> None:
    run = on_digits(make(learner, dataset="mnist"))
    other = make(learner, dataset="mnist", seed=9)
    rows = {row.label: row.values for row in comparison([run, other]).plan_rows}
    assert rows["Data"] == ["scikit-learn’s digits in place of MNIST digits", "MNIST digits"]
    assert run.title.startswith("Scikit-learn’s digits, 8 hidden units")
    assert other.title.startswith("MNIST digits, 8 hidden units")


@pytest.mark.parametrize("page", ["/experiments/small/", "/me/runs/"])
def test_lists_say_what_stood_in(learner: Learner, page: str) -> None:
    plan = {**PLAN, "dataset": "mnist"}
    make_experiment(plan=plan)
    on_digits(make(learner, **plan))
    assert "trained on scikit-learn’s digits" in text(client_of(learner).get(page))


def test_names_tell_the_runs_apart(learner: Learner) -> None:
    def labels(*runs: Run) -> list[str]:
        return [one.label for one in comparison(runs).compared]

    one, two = make(learner, "sgd"), make(learner, "adam")
    assert labels(one, two) == ["sgd", "adam"]
    other = make(learner, "sgd", seed=2147483647)
    assert labels(one, other) == ["sgd: seed 3", "sgd: seed 2147483647"]
    twin, reference = make(learner, "sgd"), make(None, "sgd")
    assert len(set(labels(one, twin, reference))) == 3


def test_curves_are_whole_epochs_and_the_batches_since(learner: Learner) -> None:
    run = make(learner)
    claimed = lifecycle.claim_next()
    assert claimed is not None
    for report in (start_report(), tick_report(0.5), epoch_report(1), tick_report(1.5)):
        lifecycle.record(claimed, report)
    response = client_of(learner).get(
        address(run, make(learner, epochs=5), page="/runs/compare.json")
    )
    shown = response.json()
    assert shown["runs"][0]["points"] == [[1, 0.8, 0.4], [1.5, 0.7, 0.6]]
    assert shown["runs"][1] == {"id": shown["runs"][1]["id"], "state": "queued", "points": []}
    assert (shown["active"], shown["epochs"]) == (True, 5)


def test_a_result_outlives_its_history(learner: Learner) -> None:
    run = make_finished(learner)
    run.events.all().delete()
    run.refresh_from_db()
    page = text(client_of(learner).get(address(run, make(learner))))
    assert "93.0" in page


def test_six_runs_cost_as_many_queries_as_two(
    learner: Learner, django_assert_max_num_queries: Any
) -> None:
    client = client_of(learner)
    runs = [make(learner, seed=seed) for seed in range(6)]
    with django_assert_max_num_queries(8):
        client.get(address(*runs))
    with django_assert_max_num_queries(8):
        client.get(address(*runs[:2]))


def test_the_run_page_offers_what_to_compare_with(learner: Learner) -> None:
    reference = make_finished()
    mine, before = make(learner), make(learner, seed=1)
    page = text(client_of(learner).get(f"/runs/{mine.pk}/"))
    for other in (reference, before):
        assert f"?run={mine.pk}&amp;run={other.pk}" in page


def test_a_strangers_repeated_run_is_not_offered(learner: Learner) -> None:
    mine = make(learner)
    mine.repeats = make(Learner.objects.create())
    mine.save()
    assert comparisons.others_to_compare(mine, learner) == []


def test_the_experiment_page_has_boxes_to_tick(learner: Learner) -> None:
    mine = make(learner)
    page = text(client_of(learner).get("/experiments/small/"))
    assert f'name="run" value="{mine.pk}"' in page
    assert '<form method="get" action="/runs/compare/">' in page


def test_experiments_stand_for_their_reference_runs() -> None:
    first = make_finished()
    page = f"{PAGE}?experiment=small&experiment=wide"
    assert Client().get(page).status_code == 404
    make(None, "wide")
    unfinished = Client().get(page)
    assert unfinished.status_code == 400
    assert "has not ended yet" in unfinished.content.decode()
    second = lifecycle.claim_next()
    assert second is not None
    assert lifecycle.succeed(second, result_report())
    shown = text(Client().get(page))
    assert shown.index(str(first.pk)) < shown.index(str(second.pk))
    assert Client().get(f"{PAGE}?experiment=small").status_code == 400
