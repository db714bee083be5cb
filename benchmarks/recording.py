"""What it costs to write a run down: the same training with its recorder and with none."""

import statistics
import uuid
from pathlib import Path
from typing import Any

from benchmarks.platform import timed, workshop
from benchmarks.report import Figure

PAIRS = 7
PLAN = {
    "dataset": "mnist",
    "hidden_units": [64],
    "activation": "relu",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "batch_size": 32,
    "epochs": 10,
    "validation_fraction": 0.1,
    "seed": 1,
}


def run() -> list[Figure]:
    """Percent on top of the bare training, pair by pair, for a run of over a second."""
    with workshop():
        from django.conf import settings  # noqa: PLC0415  (after Django is set up)

        from training_jobs.engine import datasets  # noqa: PLC0415  (TensorFlow)
        from training_jobs.engine.plan import Plan  # noqa: PLC0415

        data = datasets.load("mnist", Path(settings.WEIGHTWISE_DATASETS))
        # The stand-in for MNIST has a fortieth of the rows.
        small = {"epochs": 50, "batch_size": 8} if data.name != "mnist" else {}
        plan = Plan.parse({**PLAN, **small})
        _bare(plan, data)  # compiles
        pairs = [(timed(lambda: _bare(plan, data)), _recorded(plan, data)) for _ in range(PAIRS)]
    costs = [(recorded / bare - 1) * 100 for bare, recorded in pairs]
    bare = statistics.median(bare for bare, _ in pairs)
    versus = f"no recorder, on {data.title}"
    return [
        Figure("recording", "overhead", statistics.median(costs), "%", versus, PAIRS),
        Figure("recording", "bare", bare, "s", "", PAIRS),
    ]


def _bare(plan: Any, data: Any) -> None:
    from training_jobs.engine.fit import fit  # noqa: PLC0415  (TensorFlow)

    fit(plan, data, lambda _: None, lambda: False)


def _recorded(plan: Any, data: Any) -> float:
    """Seconds with the worker's own recorder, until everything is in the database."""
    from training_jobs import lifecycle  # noqa: PLC0415  (after Django is set up)
    from training_jobs.engine.fit import fit  # noqa: PLC0415
    from training_jobs.models import Experiment, Run  # noqa: PLC0415
    from training_jobs.recording import Recorder  # noqa: PLC0415

    experiment = Experiment.objects.get(slug="mnist-64")
    key = f"benchmark:{uuid.uuid4()}"
    lifecycle.create(experiment, None, plan.as_json(), plan.digest, key, None)
    run = lifecycle.claim_next("benchmark")  # this one, or another that waits: all are equal here
    if run is None:
        raise RuntimeError("The run that was just queued cannot be claimed.")

    def train() -> None:
        with Recorder(run) as recorder:
            fit(plan, data, recorder.report, recorder.should_stop)

    seconds = timed(train)
    Run.objects.filter(id=run.id).delete()
    return seconds
