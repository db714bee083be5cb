"""A run's page, its snapshot and its recorded events."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import PLAN, make_experiment, make_finished, make_run
from training_jobs.models import Run

pytestmark = pytest.mark.django_db
PAGES = ["/runs/{}/", "/runs/{}.json", "/runs/{}/events", "/runs/{}/?part=facts"]


def streamed(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_run_is_its_learners_alone(address: str) -> None:
    learner = Learner.objects.create()
    url = address.format(make_finished(learner).id)
    assert client_of(learner).get(url).status_code == 200
    assert client_of(Learner.objects.create()).get(url).status_code == 404
    assert Client().get(url).status_code == 404
    assert client_of(learner).post(url).status_code == 405


@pytest.mark.parametrize("address", PAGES)
def test_a_reference_run_is_readable_by_all(address: str) -> None:
    assert Client().get(address.format(make_finished().id)).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_run_that_is_none(address: str) -> None:
    assert Client().get(address.format(uuid4())).status_code == 404


def test_the_snapshot_holds_the_same_events_as_the_stream() -> None:
    run = make_finished()
    snapshot = Client().get(f"/runs/{run.id}.json").json()
    frames = streamed(Client().get(f"/runs/{run.id}/events")).strip().split("\n\n")
    parsed = [dict(line.split(": ", 1) for line in frame.split("\n")) for frame in frames]
    assert [
        {"id": int(frame["id"]), "event": frame["event"], "data": json.loads(frame["data"])}
        for frame in parsed
    ] == snapshot["events"]
    assert snapshot["state"] == "succeeded"
    assert snapshot["receipt"]["seed"] == run.plan["seed"]


def test_a_reconnect_goes_on_where_it_was() -> None:
    run = make_finished()
    response = Client().get(f"/runs/{run.id}/events", headers={"Last-Event-ID": "7"})
    assert [line for line in streamed(response).split("\n") if line.startswith("id")] == [
        "id: 8",
        "id: 9",
    ]


def test_a_reconnect_after_the_end_is_told_to_stay_away() -> None:
    run = make_finished()
    headers = {"Last-Event-ID": str(run.last_seq)}
    assert Client().get(f"/runs/{run.id}/events", headers=headers).status_code == 204


def test_the_page_says_what_was_reached() -> None:
    run = make_finished()
    page = Client().get(f"/runs/{run.id}/").content.decode()
    assert "93.0" in page
    assert "50.0" in page


def test_a_waiting_run_tells_its_place() -> None:
    learner = Learner.objects.create()
    run = make_run(learner)
    assert client_of(learner).get(f"/runs/{run.id}.json").json()["queue"]["position"] == 1
    page = client_of(learner).get(f"/runs/{run.id}/").content.decode()
    assert "trainer" in page  # none is online, and the page says so


def test_the_experiment_form_starts_a_run() -> None:
    make_experiment()
    client = Client()
    form = {"predicted_percent": "91.5", "seed": "12", "request_key": str(uuid4())}
    first = client.post("/experiments/small/", form)
    assert first.status_code == 302
    run = Run.objects.get()
    assert first["Location"] == f"/runs/{run.id}/"
    assert (run.prediction, run.plan["seed"]) == (0.915, 12)
    assert client.post("/experiments/small/", form)["Location"] == first["Location"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "field", [{"predicted_percent": "101"}, {"seed": "-1"}, {"seed": "2147483648"}, {"seed": "x"}]
)
def test_a_bad_form_queues_nothing(field: dict[str, str]) -> None:
    make_experiment()
    response = Client().post("/experiments/small/", field)
    assert response.status_code == 422
    assert b"error" in response.content
    assert Run.objects.count() == 0
    assert Learner.objects.count() == 0


def test_an_experiment_whose_plan_is_broken_says_so() -> None:
    make_experiment(plan={**PLAN, "epochs": 0})
    response = Client().post("/experiments/small/", {"seed": "1"})
    assert response.status_code == 422
    assert "Epochs 0 is outside 1 to 50" in response.content.decode()
    assert Run.objects.count() == 0


def test_an_unpublished_experiment_is_not_there() -> None:
    make_experiment(state="draft")
    assert Client().get("/experiments/small/").status_code == 404
    assert Client().post("/experiments/small/").status_code == 404
