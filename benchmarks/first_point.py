"""How long after a click there is something to see: from the POST to the first point of a curve."""

import statistics

from benchmarks.platform import Platform, running_platform
from benchmarks.report import Figure
from benchmarks.training import EXPERIMENT
from benchmarks.visitor import Visitor

RUNS = 50
COLD_STARTS = 3


def run() -> list[Figure]:
    """Milliseconds with an idle, warm worker; seconds with one that was started with the click."""
    with running_platform() as running:
        warm = [_first_tick(running, seed) * 1000 for seed in range(RUNS)]
        cold = [_cold(running, seed) for seed in range(COLD_STARTS)]
    quantiles = statistics.quantiles(warm, n=20)
    return [
        Figure("first_point", "warm_p50", quantiles[9], "ms", "", RUNS),
        Figure("first_point", "warm_p95", quantiles[18], "ms", "", RUNS),
        Figure("first_point", "cold_start", statistics.median(cold), "s", "", COLD_STARTS),
    ]


def _first_tick(running: Platform, seed: int) -> float:
    visitor = Visitor(running.port, EXPERIMENT)
    running.wait_until_idle()
    heard = visitor.run(seed)
    first = next(event.seconds for event in heard if event.name == "tick")
    for _ in heard:  # the next one shall find the worker idle
        pass
    return first


def _cold(running: Platform, seed: int) -> float:
    visitor = Visitor(running.port, EXPERIMENT)
    running.restart_worker()
    heard = visitor.run(seed)
    first = next(event.seconds for event in heard if event.name == "tick")
    for _ in heard:
        pass
    return first
