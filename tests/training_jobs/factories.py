"""Small rows and reports to test with."""

import base64
import struct
from collections.abc import Sequence
from typing import Any

from accounts.models import Learner
from authoring.models import State
from training_jobs import lifecycle, services
from training_jobs.engine.progress import (
    Diverged,
    Epoch,
    Histogram,
    LayerState,
    Result,
    Start,
    Tick,
    Weights,
    WeightSample,
)
from training_jobs.events import Event
from training_jobs.models import Experiment, Run

PLAN: dict[str, Any] = {
    "dataset": "tabular",
    "hidden_units": [8],
    "activation": "relu",
    "optimizer": "adam",
    "learning_rate": 0.01,
    "batch_size": 32,
    "epochs": 2,
    "seed": 3,
}


def make_experiment(slug: str = "small", **changes: Any) -> Experiment:
    values = {"title": "Small", "summary": "A small one.", "state": State.PUBLISHED, "plan": PLAN}
    return Experiment.objects.create(slug=slug, **(values | changes))


def make_run(learner: Learner | None = None, key: str = "one") -> Run:
    """A queued run of the experiment `small`; without a learner a reference run."""
    experiment = Experiment.objects.filter(slug="small").first() or make_experiment()
    if learner is None:
        return services.request_reference_run(experiment)
    return services.request_run(experiment, learner, key=key)


def make_claimed(learner: Learner | None = None) -> Run:
    make_run(learner)
    run = lifecycle.claim_next()
    assert run is not None
    return run


def layer(delta: float = 0.0) -> LayerState:
    return LayerState(
        "hidden_1",
        (10, 8),
        delta_norm=delta,
        relative_delta=delta / 2,
        moved=1.0,
        samples=(WeightSample((1, 0), 0.5 + delta),),
        histogram=Histogram(-0.5, 0.5 + delta, (10, 40, 30)),
    )


def prediction(probability: float) -> dict[str, Any]:
    """What the network makes of a row of class 1."""
    return {
        "row": 0,
        "layers": [
            {"name": "input", "size": 2, "values": [0.25, 0.75], "zeros": 0},
            {"name": "hidden_1", "size": 2, "values": [0.0, 1.5], "zeros": 1},
            {"name": "output", "size": 2, "values": [1 - probability, probability], "zeros": 0},
        ],
        "predicted": 1,
        "probability": probability,
        "actual": 1,
    }


def start_report() -> Start:
    dataset = {
        "name": "tabular",
        "title": "a synthetic table",
        "source": "made",
        "digest": "made",
        "train_rows": 1000,
        "validation_rows": 0,
        "test_rows": 200,
        "features": 10,
        "classes": 2,
        "dead_inputs": 0,
        "stages": [],
    }
    return Start(PLAN, dataset, 106, 0.5, 0.7, (layer(),), {**prediction(0.6), "picture": {}})


def tick_report(epoch: float = 0.5) -> Tick:
    return Tick(epoch, 16, 0.6, 0.7, (layer(0.1),), gradient_norm=1.5)


def weights_report(epoch: int = 1, levels: Sequence[int] = (127, -64)) -> Weights:
    data = base64.b64encode(struct.pack(f"{len(levels)}b", *levels)).decode()
    return Weights(epoch, "hidden_1", (1, len(levels)), 0.5, data)


def epoch_report(epoch: int = 1, loss: float = 0.4) -> Epoch:
    return Epoch(epoch, loss, 0.8, None, None, 0.1, (layer(0.2),), prediction(0.7))


def result_report(accuracy: float = 0.93) -> Result:
    return Result(0.2, accuracy, 0.5, 0.3, (layer(0.4),), prediction(0.9))


def make_finished(learner: Learner | None = None) -> Run:
    """A run that has succeeded, with one of each report in its history."""
    run = make_claimed(learner)
    for report in (start_report(), tick_report(), epoch_report(1), epoch_report(2, 0.3)):
        lifecycle.record(run, report)
    assert lifecycle.succeed(run, result_report())
    run.refresh_from_db()
    return run


def diverge(run: Run, at: float, *reports: Event) -> Run:
    """Lets the worker that holds `run` report this much, and then that the weights diverged."""
    for report in reports:
        lifecycle.record(run, report)
    assert lifecycle.diverge(run, at, str(Diverged(at)))
    run.refresh_from_db()
    return run
