"""The platform against the tutorial's script, pair by pair: the same plan on the same data.

The platform's time begins with the POST of a form and ends when a client of the stream has the
result; the script's time leaves out its imports. The bound is the same arithmetic alone.
"""

import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.platform import Platform, running_platform, timed
from benchmarks.report import Figure
from benchmarks.visitor import Visitor

PAIRS = 5
EXPERIMENT = "mnist-64"


@dataclass(frozen=True)
class Pair:
    """Seconds of the same training thrice, and the test accuracies of the first two."""

    tutorial: float
    platform: float
    bound: float
    tutorial_accuracy: float
    platform_accuracy: float


def run() -> list[Figure]:
    """Ratios pair by pair, then the seconds and accuracies behind them."""
    with running_platform() as running:
        title, pairs = _pairs(running)
    versus = f"plain model.fit on {title}"
    return [
        _median("speedup", [pair.tutorial / pair.platform for pair in pairs], "x", versus),
        _median("bound_ratio", [pair.platform / pair.bound for pair in pairs], "x", "its bound"),
        _median("platform", [pair.platform for pair in pairs], "s"),
        _median("tutorial", [pair.tutorial for pair in pairs], "s"),
        _median("bound", [pair.bound for pair in pairs], "s"),
        *_accuracy("platform_accuracy", [pair.platform_accuracy for pair in pairs]),
        *_accuracy("tutorial_accuracy", [pair.tutorial_accuracy for pair in pairs]),
    ]


def _pairs(running: Platform) -> tuple[str, list[Pair]]:
    # TensorFlow: only when this benchmark is run.
    from django.conf import settings  # noqa: PLC0415

    from benchmarks import bound, tutorial  # noqa: PLC0415
    from training_jobs.engine import datasets  # noqa: PLC0415

    data = datasets.load("mnist", Path(settings.WEIGHTWISE_DATASETS))
    least = bound.compiled(data)

    def pair(seed: int) -> Pair:
        accuracies: list[float] = []
        tutorial_seconds = timed(lambda: accuracies.append(tutorial.train(data, seed)))
        running.wait_until_idle()
        *_, result, _, _ = Visitor(running.port, EXPERIMENT).run(seed)
        accuracies.append(result.data["test_accuracy"])
        running.wait_until_idle()
        return Pair(tutorial_seconds, result.seconds, timed(least), *accuracies)

    return data.title, [pair(seed) for seed in range(1, PAIRS + 1)]


def _median(name: str, values: list[float], unit: str, versus: str = "") -> Figure:
    return Figure("training", name, statistics.median(values), unit, versus, len(values))


def _accuracy(name: str, values: list[float]) -> list[Figure]:
    spread = max(values) - min(values)
    return [
        Figure("training", name, statistics.mean(values) * 100, "%", "", len(values)),
        Figure("training", f"{name}_spread", spread * 100, "points", "", len(values)),
    ]
