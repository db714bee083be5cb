"""What a Celery worker does with a wake-up: claim one run, train it, write down what happened."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from celery import shared_task
from django.conf import settings
from django.db import Error as DatabaseError

from training_jobs import checkpoint_files, lifecycle, trainer
from training_jobs.doorbell import TASK, ring_workers
from training_jobs.durations import learn
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.engine.progress import Diverged, Stopped
from training_jobs.events import Rewind
from training_jobs.model_files import model_file
from training_jobs.models import Run
from training_jobs.queries import waiting
from training_jobs.receipts import receipt_of
from training_jobs.recording import Recorder, patiently
from training_jobs.workers import registered_name

if TYPE_CHECKING:
    from training_jobs.engine.checkpoints import Checkpoint
    from training_jobs.engine.datasets import Dataset

log = structlog.get_logger("weightwise.training")


@shared_task(name=TASK)
def train() -> None:
    """Trains the next queued run, if there is one, and rings again when more wait."""
    if not trainer.can_train():
        return
    trainer.tell_again()
    run = lifecycle.claim_next(registered_name())
    if run is None:
        return
    log.info("run_started", run=str(run.id), experiment=run.experiment_id, tries=run.tries)
    try:
        _train(run)
    except lifecycle.LeaseLost:
        log.warning("lease_lost", run=str(run.id))
    else:
        log.info("run_ended", run=str(run.id))
    others_wait = waiting()
    if others_wait:
        ring_workers()
    trainer.give_way_if_grown(others_wait=others_wait)


def _train(run: Run) -> None:
    """Trains a claimed run until it ends in some way. Raises LeaseLost."""
    from training_jobs.engine import datasets, programs  # noqa: PLC0415  (TensorFlow, so late)

    recorder = Recorder(run)
    try:
        with recorder:
            plan = Plan.parse(run.plan)
            data = datasets.load(plan.dataset, Path(settings.WEIGHTWISE_DATASETS))
            is_cold = not programs.is_kept(plan, data)
            _fit(run, plan, data, recorder)
    except Stopped:
        _end_stopped(run, recorder)
    except Diverged as divergence:
        _diverge(run, divergence)
    except (PlanError, datasets.DatasetError) as error:
        _fail(run, str(error))
    except programs.OUT_OF_MEMORY:
        programs.forget_all()
        _fail(run, "It needed more memory than the trainer has. Try a smaller batch or network.")
        trainer.give_way()  # last: soon nothing that has to wait for the database is done any more
    except lifecycle.LeaseLost:
        raise
    except Exception:
        log.exception("run_crashed", run=str(run.id))
        _fail(run, "The trainer failed unexpectedly; its log has the details.")
    else:
        _succeed(run, plan, data, recorder)
        _learn(run, plan, data.name, is_cold=is_cold)


def _learn(run: Run, plan: Plan, data: str, *, is_cold: bool) -> None:
    """Remembers how long a run took, unless it was interrupted."""
    from training_jobs.engine import warming  # noqa: PLC0415  (TensorFlow, so late)

    if run.tries > 1:
        return
    try:
        learn(run, plan, data, is_cold=is_cold, programs=warming.programs_kept())
    except DatabaseError as error:  # the run counts; only the next estimate is less exact
        log.warning("duration_not_kept", run=str(run.id), error=str(error))


def _fit(run: Run, plan: Plan, data: "Dataset", recorder: Recorder) -> None:
    """Trains from the start, or from where the worker before us had come."""
    from training_jobs.engine.checkpoints import CheckpointError  # noqa: PLC0415  (TensorFlow)
    from training_jobs.engine.fit import fit  # noqa: PLC0415

    resume = recorder.checkpoint = _kept_checkpoint(run, plan)
    if run.tries > 1:
        recorder.report(Rewind(resume.epoch if resume else 0))
    try:
        fit(plan, data, recorder.report, recorder.should_stop, resume)
    except CheckpointError:  # made by an older version of ours, whose network was another
        recorder.report(Rewind(0))
        fit(plan, data, recorder.report, recorder.should_stop)


def _kept_checkpoint(run: Run, plan: Plan) -> "Checkpoint | None":
    """The last worker's checkpoint; None unless going on from it gives the very same weights."""
    from training_jobs.engine import warming  # noqa: PLC0415  (TensorFlow, so late)
    from training_jobs.engine.checkpoints import Checkpoint, CheckpointError  # noqa: PLC0415

    packed = checkpoint_files.read(run.id, run.checkpoint_digest)
    if packed is None or plan.digest != run.plan_digest:
        return None
    try:
        kept = Checkpoint.from_bytes(packed)
    except CheckpointError:
        return None
    return kept if kept.tensorflow == warming.tensorflow_version() else None


def _succeed(run: Run, plan: Plan, data: "Dataset", recorder: Recorder) -> None:
    result = recorder.result
    if result is None:
        raise RuntimeError("The engine ended without a result.")
    receipt = receipt_of(
        plan,
        data_name=data.name,
        data_title=data.title,
        data_digest=data.digest,
        weights_digest=result.weights_digest,
    )
    if patiently(lambda: lifecycle.succeed(run, result, receipt)):
        _keep_model(run, plan, data, recorder.checkpoint)


def _keep_model(run: Run, plan: Plan, data: "Dataset", checkpoint: Any) -> None:
    """Writes the trained network for download. The run has succeeded, with or without the file."""
    from training_jobs.engine.saving import save_model  # noqa: PLC0415  (TensorFlow, so late)

    try:
        save_model(plan, data, checkpoint.weights, model_file(run.id))
    except Exception:
        log.exception("model_not_kept", run=str(run.id))


def _fail(run: Run, reason: str) -> None:
    patiently(lambda: lifecycle.fail(run, reason))


def _diverge(run: Run, divergence: Diverged) -> None:
    patiently(lambda: lifecycle.diverge(run, divergence.epoch, str(divergence)))


def _end_stopped(run: Run, recorder: Recorder) -> None:
    end = lifecycle.end_cancelled if recorder.cancelled else lifecycle.time_out
    patiently(lambda: end(run))
