"""What a worker does with a run that it has claimed, with the real engine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.models import Learner
from tests.training_jobs.factories import PLAN, make_experiment, make_run
from training_jobs import checkpoint_files, lifecycle, recording
from training_jobs.engine.progress import CheckpointReport, Progress
from training_jobs.models import Run
from training_jobs.queries import events_after

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]
EPOCHS = 4


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.WEIGHTWISE_CHECKPOINTS = tmp_path / "checkpoints"
    monkeypatch.setattr(recording, "CHECKPOINT_SECONDS", 0)
    make_experiment(plan={**PLAN, "epochs": EPOCHS})
    return checkpoint_files.folder()


@pytest.fixture
def run() -> Run:
    return make_run(Learner.objects.create(seed=11))


def train() -> Run:
    from training_jobs import tasks

    tasks.train()
    return Run.objects.get()


def names(run: Run) -> list[str]:
    return [name for _, name, _ in events_after(run.id, 0) if name not in {"tick", "weights"}]


def points(run: Run, name: str) -> list[dict[str, Any]]:
    return [data for _, found, data in events_after(run.id, 0) if found == name]


def undisturbed_digest() -> str:
    """The weights that the same plan ends with when nothing happens to it."""
    from tests.engine.test_resume import result, trained
    from training_jobs.engine.plan import Plan

    return result(trained(Plan.parse(Run.objects.get().plan))).weights_digest


def lose_worker_after(epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trains until the epoch's checkpoint is kept; then the worker is gone, and taken for dead."""
    from training_jobs.engine import fit as engine

    whole = engine.fit

    def cut(plan: Any, data: Any, report: Callable[[Progress], None], *rest: Any) -> None:
        def reporting(progress: Progress) -> None:
            report(progress)
            if isinstance(progress, CheckpointReport) and progress.epoch == epoch:
                raise lifecycle.LeaseLost

        whole(plan, data, reporting, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(engine, "fit", cut)
        train()
    Run.objects.update(lease_until="2020-01-01T00:00:00Z")
    assert lifecycle.take_back_expired() == 1


def test_it_is_trained_to_its_result(run: Run) -> None:
    done = train()
    assert done.state == Run.State.SUCCEEDED, done.reason
    assert names(done) == [
        *("status", "status", "start"),
        *["epoch"] * EPOCHS,
        *("result", "status", "end"),
    ]
    [result] = points(done, "result")
    assert done.result is not None
    assert done.result == {name: result[name] for name in lifecycle.KEPT_FIGURES}
    assert done.receipt is not None
    assert done.receipt["weights_sha256"] == result["weights_digest"] == undisturbed_digest()
    assert checkpoint_files.read(done.id, done.checkpoint_digest)
    assert done.checkpoint_epoch == EPOCHS


def test_the_next_worker_goes_on_from_the_last_whole_epoch(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_worker_after(2, monkeypatch)
    done = train()
    assert done.state == Run.State.SUCCEEDED, done.reason
    assert points(done, "rewind") == [{"epoch": 2}]
    assert names(done).count("start") == 1
    assert [point["epoch"] for point in points(done, "epoch")] == [1, 2, 3, 4]
    assert points(done, "result")[0]["weights_digest"] == undisturbed_digest()


def test_when_every_epoch_was_whole_only_the_result_is_left(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_worker_after(EPOCHS, monkeypatch)
    done = train()
    assert done.state == Run.State.SUCCEEDED, done.reason
    assert points(done, "rewind") == [{"epoch": EPOCHS}]
    assert len(points(done, "epoch")) == EPOCHS
    assert points(done, "result")[0]["weights_digest"] == undisturbed_digest()


def cut_off(run: Run) -> None:
    path = checkpoint_files.path_of(run.id)
    path.write_bytes(path.read_bytes()[:-10])


def name_another_version(run: Run) -> None:
    from training_jobs.engine.checkpoints import Checkpoint

    path = checkpoint_files.path_of(run.id)
    kept = Checkpoint.from_bytes(path.read_bytes())
    other = Checkpoint(
        kept.epoch, kept.step, kept.seconds, kept.weights, kept.optimizer, "1.0 of long ago"
    )
    replace(run, other.to_bytes())


def name_another_plan(run: Run) -> None:
    Run.objects.update(plan_digest="of an older form of plans")


def hold_another_network(run: Run) -> None:
    from tests.engine.plans import make_plan
    from tests.engine.test_resume import checkpoints, trained

    replace(run, checkpoints(trained(make_plan(epochs=1, hidden_units=[3])))[0].to_bytes())


def hold_nothing_known(run: Run) -> None:
    replace(run, b"a format that nobody reads any more")


def replace(run: Run, packed: bytes) -> None:
    draft = checkpoint_files.draft(run.id, packed)
    draft.settle()
    Run.objects.update(checkpoint_digest=draft.digest)


@pytest.mark.parametrize(
    "damage",
    [cut_off, name_another_version, name_another_plan, hold_another_network, hold_nothing_known],
)
def test_from_zero_where_going_on_could_end_elsewhere(
    run: Run, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Run], None]
) -> None:
    lose_worker_after(2, monkeypatch)
    damage(run)
    done = train()
    assert done.state == Run.State.SUCCEEDED, done.reason
    assert points(done, "rewind")[-1] == {"epoch": 0}
    assert names(done).count("start") == 2
    assert points(done, "result")[0]["weights_digest"] == undisturbed_digest()


@pytest.mark.parametrize("by_tensorflow", [True, False])
def test_without_memory_it_fails_in_words_and_the_next_run_has_room(
    run: Run, monkeypatch: pytest.MonkeyPatch, by_tensorflow: bool
) -> None:
    import tensorflow as tf

    from training_jobs.engine import fit as engine
    from training_jobs.engine import programs

    def exhausted(*_: Any) -> None:
        if by_tensorflow:
            raise tf.errors.ResourceExhaustedError(None, None, "no memory left")
        raise MemoryError

    programs._warm[object()] = object()  # type: ignore[index,assignment]
    with monkeypatch.context() as patched:
        patched.setattr(engine, "fit", exhausted)
        done = train()
    assert done.state == Run.State.FAILED
    assert "more memory than the trainer has" in done.reason
    assert not programs._warm


def test_the_trainer_leaves_only_once_the_failure_is_written_down(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no time to wait for a locked row then."""
    from training_jobs import trainer
    from training_jobs.engine import fit as engine

    def exhausted(*_: Any) -> None:
        raise MemoryError

    states: list[str] = []
    monkeypatch.setattr(engine, "fit", exhausted)
    monkeypatch.setattr(trainer, "give_way", lambda: states.append(Run.objects.get().state))
    train()
    assert states == [Run.State.FAILED]


def test_a_loss_that_grows_beyond_all_numbers_fails_it(run: Run) -> None:
    wild = {"optimizer": "sgd", "learning_rate": 1.0, "momentum": 0.99, "activation": "gelu"}
    Run.objects.update(plan={**run.plan, **wild, "hidden_units": [256, 256, 256], "batch_size": 8})
    done = train()
    assert done.state == Run.State.FAILED
    assert "diverged in epoch" in done.reason
    assert done.told_state == "diverged"


def test_a_mistake_of_ours_fails_it_and_is_logged(
    run: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from training_jobs.engine import fit as engine

    def broken(*_: Any) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(engine, "fit", broken)
    done = train()
    assert done.state == Run.State.FAILED
    assert "its log has the details" in done.reason
    assert "run_crashed" in caplog.text


def test_a_run_over_its_time_is_stopped(run: Run, settings: Settings) -> None:
    settings.RUN_LIMIT_SECONDS = -1
    done = train()
    assert done.state == Run.State.TIMED_OUT
    assert names(done)[-1] == "end"


def test_a_cancelled_run_is_stopped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = lifecycle.claim_next

    def claim_and_cancel(worker: str) -> Run | None:
        claimed = claim(worker)
        lifecycle.request_cancel(Run.objects.get())
        return claimed

    monkeypatch.setattr(lifecycle, "claim_next", claim_and_cancel)
    monkeypatch.setattr(recording.Recorder, "report", _slowly(recording.Recorder.report))
    assert train().state == Run.State.CANCELLED


def _slowly(report: Callable[..., None]) -> Callable[..., None]:
    """Lets the recorder come to a write before the training, which lasts milliseconds, goes on."""
    import time

    def slow(recorder: recording.Recorder, progress: Progress) -> None:
        report(recorder, progress)
        time.sleep(0.05)

    return slow
