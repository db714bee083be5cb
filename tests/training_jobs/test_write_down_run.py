"""The recorder's thread writes down what the engine reports, and brings back what the rows say."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Learner
from tests.patience import LAST_RESORT, happens
from tests.training_jobs.factories import (
    epoch_report,
    make_claimed,
    result_report,
    start_report,
    tick_report,
)
from training_jobs import checkpoint_files, lifecycle, recording
from training_jobs.engine.progress import CheckpointReport
from training_jobs.models import Run
from training_jobs.queries import events_after
from training_jobs.recording import Recorder

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class SmallCheckpoint(CheckpointReport):
    """A checkpoint of bytes that no engine made."""

    content: bytes = b"weights"

    def to_bytes(self) -> bytes:
        return self.content


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.WEIGHTWISE_CHECKPOINTS = tmp_path / "checkpoints"
    return checkpoint_files.folder()


@pytest.fixture
def run() -> Iterator[Run]:
    yield make_claimed(Learner.objects.create())
    assert not [thread for thread in threading.enumerate() if thread.name == "recorder"]


def names(run: Run) -> list[str]:
    return [name for _, name, _ in events_after(run.id, 2)]


def test_all_is_recorded_in_order_when_the_block_ends(run: Run) -> None:
    with Recorder(run) as recorder:
        recorder.report(start_report())
        for number in range(50):
            recorder.report(tick_report(number / 50))
        recorder.report(epoch_report())
        recorder.report(result_report())
    assert recorder.result == result_report()  # kept for the run's end, not recorded here
    events = events_after(run.id, 0)
    assert [seq for seq, _, _ in events] == list(range(1, 55))
    assert names(run) == ["start", *["tick"] * 50, "epoch"]
    assert [data["epoch"] for _, name, data in events if name == "tick"] == [
        number / 50 for number in range(50)
    ]


def test_a_report_reaches_the_rows_while_the_training_goes_on(run: Run) -> None:
    with Recorder(run) as recorder:
        recorder.report(start_report())
        assert happens(lambda: names(run) == ["start"])
        assert not recorder.should_stop()


def test_reports_are_kept_when_the_training_breaks_off(run: Run) -> None:
    def train() -> None:
        with Recorder(run) as recorder:
            recorder.report(start_report())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train()
    assert names(run) == ["start"]


def test_what_comes_during_the_last_write_is_written_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, writing, recorder = lifecycle.record, threading.Event(), Recorder(run)

    def until_the_end(*arguments: Any) -> bool:
        writing.set()
        recorder._closing.wait(LAST_RESORT)
        return record(*arguments)

    monkeypatch.setattr(lifecycle, "record", until_the_end)
    with recorder:
        recorder.report(start_report())
        writing.wait(LAST_RESORT)
        recorder.report(tick_report())
    assert names(run) == ["start", "tick"]


def test_it_hears_that_the_learner_wants_the_end(run: Run) -> None:
    with Recorder(run) as recorder:
        lifecycle.request_cancel(run)
        assert happens(recorder.should_stop)
        assert recorder.cancelled


def test_a_quiet_run_keeps_its_lease(run: Run, settings: Settings) -> None:
    settings.RUN_LEASE_SECONDS = 1
    with Recorder(run):
        far = timezone.now() + timedelta(seconds=2)
        held = Run.objects.filter(id=run.id)
        assert happens(lambda: timezone.now() > far)
        assert lifecycle.take_back_expired() == 0
        assert held.get().state == Run.State.RUNNING


def test_a_lost_lease_ends_the_training_and_is_raised(run: Run) -> None:
    stopped = []

    def train() -> None:
        with Recorder(run) as recorder:
            Run.objects.update(generation=run.generation + 1)
            recorder.report(start_report())
            stopped.append(happens(recorder.should_stop))
            recorder.report(tick_report())

    with pytest.raises(lifecycle.LeaseLost):
        train()
    assert stopped == [True]
    assert names(run) == []


def test_what_breaks_in_the_thread_is_raised(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(lifecycle, "record", broken)

    def train() -> None:
        with Recorder(run) as recorder:
            recorder.report(start_report())
            assert happens(recorder.should_stop)

    with pytest.raises(RuntimeError, match="a mistake of ours"):
        train()


def test_a_locked_database_is_happens(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    record, failures = lifecycle.record, iter(range(3))

    def locked(*arguments: Any) -> bool:
        if next(failures, None) is not None:
            raise OperationalError("database is locked")
        return record(*arguments)

    monkeypatch.setattr(lifecycle, "record", locked)
    monkeypatch.setattr(recording, "RETRY_SECONDS", 0.01)
    with Recorder(run) as recorder:
        recorder.report(start_report())
    assert names(run) == ["start"]


def test_a_database_that_stays_away_is_given_up_in_the_end(
    run: Run, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(lifecycle, "record", locked)
    settings.RUN_LIMIT_SECONDS = 0
    with pytest.raises(OperationalError), Recorder(run) as recorder:
        recorder.report(start_report())


def test_writing_again_what_was_committed_changes_nothing(run: Run) -> None:
    before = Run.objects.get(id=run.id)
    lifecycle.record(run, start_report(), tick_report())
    # The answer to the commit was lost: the worker still stands where it was.
    lifecycle.record(before, start_report(), tick_report())
    assert names(run) == ["start", "tick"]
    assert before.last_seq == run.last_seq


def test_a_training_that_takes_too_long_is_stopped(run: Run, settings: Settings) -> None:
    settings.RUN_LIMIT_SECONDS = -1
    assert Recorder(run).should_stop()


def test_the_last_epochs_checkpoint_is_always_kept(run: Run) -> None:
    last = run.plan["epochs"]
    with Recorder(run) as recorder:
        recorder.report(SmallCheckpoint(1, 8, 0.1, b"too soon after the start"))
        recorder.report(SmallCheckpoint(last, 16, 0.2))
    kept = Run.objects.get(id=run.id)
    assert kept.checkpoint_epoch == last
    assert checkpoint_files.read(run.id, kept.checkpoint_digest) == b"weights"
    assert recorder.checkpoint == SmallCheckpoint(last, 16, 0.2)


def test_checkpoints_keep_their_distance(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Recorder(run) as recorder:
        recorder.report(SmallCheckpoint(1, 8, 0.1))
    assert Run.objects.get(id=run.id).checkpoint_epoch == 0
    monkeypatch.setattr(recording, "CHECKPOINT_SECONDS", 0)
    with Recorder(run) as recorder:
        recorder.report(SmallCheckpoint(1, 8, 0.1))
    assert Run.objects.get(id=run.id).checkpoint_epoch == 1


def test_a_full_disk_costs_the_checkpoint_and_not_the_run(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with Recorder(run) as recorder:
        recorder.report(SmallCheckpoint(run.plan["epochs"], 16, 0.2))
        recorder.report(epoch_report())
    assert names(run) == ["epoch"]
    assert list(folder.iterdir()) == []
    assert Run.objects.get(id=run.id).checkpoint_epoch == 0


def test_a_worker_taken_for_dead_leaves_the_next_ones_file_alone(run: Run, folder: Path) -> None:
    draft = checkpoint_files.draft(run.id, b"new")
    lifecycle.keep_checkpoint(run, 1, draft)
    stale = Run.objects.get(id=run.id)
    stale.generation -= 1
    with pytest.raises(lifecycle.LeaseLost), Recorder(stale) as recorder:
        recorder._keep(SmallCheckpoint(run.plan["epochs"], 16, 0.2, b"old"))
    assert [path.read_bytes() for path in folder.iterdir()] == [b"new"]


@pytest.mark.parametrize("damaged", [b"", b"new", b"new and more"])
def test_a_file_that_is_not_whole_is_not_read(run: Run, damaged: bytes) -> None:
    draft = checkpoint_files.draft(run.id, b"newer")
    draft.settle()
    assert checkpoint_files.read(run.id, draft.digest) == b"newer"
    checkpoint_files.path_of(run.id).write_bytes(damaged)
    assert checkpoint_files.read(run.id, draft.digest) is None
    checkpoint_files.path_of(run.id).unlink()
    assert checkpoint_files.read(run.id, draft.digest) is None
