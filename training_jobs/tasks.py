"""What a Celery worker does with a wake-up: claim one run, train it, write down what happened."""

import time
from pathlib import Path

import structlog
from celery import shared_task
from django.conf import settings

from training_jobs import lifecycle
from training_jobs.doorbell import TASK, ring_workers
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.engine.progress import (
    CheckpointReport,
    Diverged,
    Progress,
    Result,
    Stopped,
)
from training_jobs.models import Run
from training_jobs.queries import waiting

log = structlog.get_logger("weightwise.training")


@shared_task(name=TASK)
def train() -> None:
    """Trains the next queued run, if there is one, and rings again when more wait."""
    run = lifecycle.claim_next()
    if run is None:
        return
    log.info("run_started", run=str(run.id), experiment=run.experiment_id, tries=run.tries)
    try:
        _train(run)
    except lifecycle.LeaseLost:
        log.warning("lease_lost", run=str(run.id))
    if waiting():
        ring_workers()


class Supervision:
    """Between engine and database: records progress, and tells the engine when to stop."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.deadline: float = time.monotonic() + settings.RUN_LIMIT_SECONDS
        self.cancelled = False
        self._result: Result

    @property
    def result(self) -> Result:
        """The engine's last report; recorded together with the end of the run."""
        return self._result

    def on_progress(self, report: Progress) -> None:
        if isinstance(report, Result):
            self._result = report
        elif not isinstance(report, CheckpointReport):
            lifecycle.record(self.run, report)

    def should_stop(self) -> bool:
        self.cancelled = lifecycle.heartbeat(self.run)
        return self.cancelled or self.late

    @property
    def late(self) -> bool:
        return time.monotonic() > self.deadline


def _train(run: Run) -> None:
    # TensorFlow: only ever in a worker's child, hence so late.
    from training_jobs.engine import datasets, fit  # noqa: PLC0415

    supervision = Supervision(run)
    try:
        plan = Plan.parse(run.plan)
        data = datasets.load(plan.dataset, Path(settings.WEIGHTWISE_DATASETS))
        fit.fit(plan, data, supervision.on_progress, supervision.should_stop)
    except Stopped:
        _end_stopped(run, supervision)
    except (Diverged, PlanError, datasets.DatasetError) as error:
        lifecycle.fail(run, str(error))
    except lifecycle.LeaseLost:
        raise
    except Exception:
        log.exception("run_crashed", run=str(run.id))
        lifecycle.fail(run, "The trainer failed unexpectedly; its log has the details.")
    else:
        lifecycle.succeed(run, supervision.result)
    log.info("run_ended", run=str(run.id))


def _end_stopped(run: Run, supervision: Supervision) -> None:
    if supervision.cancelled:
        lifecycle.end_cancelled(run)
    else:
        lifecycle.time_out(run)
