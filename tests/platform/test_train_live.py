"""A run through every process: posted, queued, trained by a worker, streamed, kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import RunningPlatform
from tests.patience import LAST_RESORT
from tests.platform.visitor import Visitor

pytestmark = pytest.mark.launcher


@pytest.fixture
def visitor(platform: RunningPlatform) -> Visitor:
    return Visitor(platform.address)


def test_a_run_is_trained_and_every_layer_moves(visitor: Visitor) -> None:
    run = visitor.finished(visitor.start_run("mnist-64", predicted_percent="90", seed="7"))
    assert run["state"] == "succeeded", run["reason"]
    events = run["events"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    start = next(event["data"] for event in events if event["event"] == "start")
    result = next(event["data"] for event in events if event["event"] == "result")
    assert start["test_accuracy_before"] < 0.25
    assert result["test_accuracy"] > (0.97 if start["dataset"]["name"] == "mnist" else 0.88)
    assert all(layer["delta_norm"] > 0 for layer in result["layers"])
    assert (run["plan"]["seed"], run["prediction"]) == (7, 0.9)
    assert len([event for event in events if event["event"] == "tick"]) >= 40


def test_the_stream_tells_what_the_snapshot_keeps(visitor: Visitor) -> None:
    run = visitor.start_run("optimizers-sgd")
    live = visitor.events(run)
    assert live == visitor.snapshot(run)["events"]
    assert live == visitor.events(run)  # a late viewer sees the same
    assert live[-1]["event"] == "end"


def test_a_cut_stream_goes_on_without_gap_or_repetition(visitor: Visitor) -> None:
    run = visitor.start_run("optimizers-adam")
    heard = visitor.events(run, limit=7)
    while heard[-1]["event"] != "end":
        heard += visitor.events(run, after=heard[-1]["id"], limit=7)
    last = heard[-1]["id"]
    assert [event["id"] for event in heard] == list(range(1, last + 1))
    assert visitor.get(f"{run}events", headers={"Last-Event-ID": str(last)}).status_code == 204


def test_two_learners_runs_never_mix(platform: RunningPlatform) -> None:
    visitors = [Visitor(platform.address) for _ in range(2)]
    runs = [
        visitor.start_run("optimizers-rmsprop", seed=str(seed))
        for seed, visitor in enumerate(visitors, start=1)
    ]
    with ThreadPoolExecutor() as readers:
        streams = list(
            readers.map(lambda pair: pair[0].events(pair[1]), zip(visitors, runs, strict=True))
        )
    seeds = [
        next(event["data"]["plan"]["seed"] for event in stream if event["event"] == "start")
        for stream in streams
    ]
    assert seeds == [1, 2]
    for visitor, run in zip(visitors, reversed(runs), strict=True):
        for path in (run, f"{run}events", f"{run.rstrip('/')}.json"):
            assert visitor.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [("POST", {}, 405), ("GET", {"Host": "evil.example"}, 400)],
)
def test_a_stream_refuses_what_a_page_would(
    visitor: Visitor, method: str, headers: dict[str, str], status: int
) -> None:
    run = visitor.start_run("optimizers-sgd")
    response = visitor.session.request(
        method, f"{visitor.address}{run}events", headers=headers, timeout=LAST_RESORT
    )
    assert response.status_code == status


def test_many_viewers_of_one_run_hear_the_same(visitor: Visitor) -> None:
    run = visitor.start_run("mnist-64")
    with ThreadPoolExecutor(12) as viewers:
        heard = list(viewers.map(lambda _: visitor.events(run), range(12)))
    assert all(stream == heard[0] for stream in heard)


def test_the_platform_says_that_it_is_ready(visitor: Visitor) -> None:
    assert visitor.get("/healthz").text == "ok"
    ready = visitor.get("/readyz").json()
    assert ready["ready"]
    assert ready["broker"]
    assert ready["workers"] == 1
    assert ready["sweep"]
    metrics = visitor.get("/metrics").text
    assert 'weightwise_runs{state="succeeded"}' in metrics
    assert "weightwise_streams_open" in metrics
