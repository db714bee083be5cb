"""Whether a trainer's memory stays bounded: sixty different permitted plans on one worker."""

import itertools
import os
import statistics
import sys
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from benchmarks.platform import Platform, require, running_platform
from benchmarks.report import Figure

PLANS = 60
# An estimate is good within this factor.
BAR = 2
MEGABYTE = 1e6
# With VERBOSE in the environment, of each run.
LINE = "{number:>3} {kind:<28} {megabytes:>6.0f} MB  told {told:>6.2f} s  took {took:>6.2f} s"


@dataclass(frozen=True)
class Trained:
    """One run: what was told before it, what it took, and the worker's memory after it."""

    told: float
    took: float
    megabytes: float


def run() -> list[Figure]:
    """Megabytes (proportional set size of parent and child) after 30 and after 60 plans."""
    with running_platform() as platform:
        cold = [_train(platform, number, plan) for number, plan in enumerate(_plans(), 1)]
        again = list(itertools.islice(_plans(), PLANS - 12, PLANS))
        warm = [_train(platform, number, plan) for number, plan in enumerate(again, 1)]
    held = [trained.megabytes for trained in cold]
    return [
        Figure("memory", "after 30 plans", held[29], "MB", "", 1),
        Figure("memory", "after 60 plans", held[59], "MB", "", 1),
        Figure("memory", "growth", held[59] / held[29], "x", "the 30th", 1),
        Figure("memory", "most in 31 to 60", max(held[30:]), "MB", "", 30),
        Figure("memory", "most in 1 to 30", max(held[:30]), "MB", "", 30),
        *_estimates("cold", cold),
        *_estimates("warm", warm),
    ]


def _estimates(name: str, runs: list[Trained]) -> list[Figure]:
    ratios = sorted(trained.told / trained.took for trained in runs)
    within = sum(1 / BAR <= ratio <= BAR for ratio in ratios)
    return [
        Figure("memory", f"{name} told/took", statistics.median(ratios), "x", "", len(runs)),
        Figure("memory", f"{name} within two", within / len(runs) * 100, "%", "", len(runs)),
    ]


def _plans() -> Iterator[dict[str, Any]]:
    """Different programs, all of them within what the first topic's experiment permits."""
    units = ([16], [32], [64], [128])
    activations = ("relu", "tanh", "sigmoid")
    kinds = itertools.product(activations, ("adam", "adamw", "sgd", "rmsprop", "adagrad"), units)
    for activation, optimizer, hidden in itertools.islice(kinds, PLANS):
        yield {"hidden_units": hidden, "activation": activation, "optimizer": optimizer}


def _train(platform: Platform, number: int, changes: dict[str, Any]) -> Trained:
    from training_jobs import lifecycle  # noqa: PLC0415  (after Django is set up)
    from training_jobs.durations import forecast  # noqa: PLC0415
    from training_jobs.engine.plan import Plan  # noqa: PLC0415
    from training_jobs.models import Experiment, Run  # noqa: PLC0415

    experiment = Experiment.objects.get(slug="mnist-64")
    plan = Plan.parse({**experiment.plan, **changes, "epochs": 2})
    told = forecast().of(plan).seconds
    key = f"benchmark:{uuid.uuid4()}"
    run = lifecycle.create(experiment, None, plan.as_json(), plan.digest, key, None)
    require(lambda: not Run.objects.get(id=run.id).is_active, "The run did not end")
    ended = Run.objects.get(id=run.id)
    if ended.started_at is None or ended.ended_at is None or ended.state != Run.State.SUCCEEDED:
        raise RuntimeError(f"The run ended as {ended.state}: {ended.reason}")
    took = (ended.ended_at - ended.started_at).total_seconds()
    trained = Trained(told, took, _megabytes(platform.worker.pid))
    if os.environ.get("VERBOSE"):
        kind = f"{plan.hidden_units} {plan.activation} {plan.optimizer}"
        line = LINE.format(number=number, kind=kind, **asdict(trained))
        sys.stderr.write(f"{line}\n")
    return trained


def _megabytes(pid: int) -> float:
    """What parent and child hold, shared pages counted once."""
    worker = psutil.Process(pid)
    processes = [worker, *worker.children(recursive=True)]
    return float(sum(process.memory_full_info().pss for process in processes)) / MEGABYTE
