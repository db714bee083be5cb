"""The engine against the tutorial's script: the same plan on the same data, pair by pair."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import tutorial
from benchmarks.report import Figure
from training_jobs.engine import datasets, fit
from training_jobs.engine.plan import Plan
from training_jobs.engine.progress import Progress, Tick

PAIRS = 5
PLAN = Plan.parse(
    {
        "dataset": "mnist",
        "hidden_units": [64],
        "activation": "relu",
        "optimizer": "adam",
        "learning_rate": 0.001,
        "batch_size": 32,
        "epochs": 5,
        "validation_fraction": 0.1,
        "seed": 1,
    }
)


def run() -> list[Figure]:
    """Seconds of each, the ratio pair by pair, and how soon the first point is there."""
    data = datasets.load("mnist", Path(os.environ.get("WEIGHTWISE_DATASETS", ".data/datasets")))
    first_points: list[float] = []
    pairs = [
        (_seconds(lambda: tutorial.train(data)), _seconds(lambda: _engine(data, first_points)))
        for _ in range(PAIRS)
    ]
    ratio = statistics.median(theirs / ours for theirs, ours in pairs)
    versus = f"plain model.fit on {data.title}"
    ours = statistics.median(ours for _, ours in pairs)
    theirs = statistics.median(theirs for theirs, _ in pairs)
    return [
        Figure("training", "speedup", ratio, "x", versus, PAIRS),
        Figure("training", "engine", ours, "s", "", PAIRS),
        Figure("training", "tutorial", theirs, "s", "", PAIRS),
        Figure("training", "first_point", statistics.median(first_points), "s", "", PAIRS),
    ]


def _engine(data: datasets.Dataset, first_points: list[float]) -> None:
    started = time.perf_counter()
    ticks: list[float] = []

    def on_progress(report: Progress) -> None:
        if isinstance(report, Tick):
            ticks.append(time.perf_counter() - started)

    fit.fit(PLAN, data, on_progress, should_stop=lambda: False)
    first_points.append(ticks[0])


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
