"""What the sweep removes after a time, and what stays."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from accounts.models import Learner, Session
from tests.factories import client_of, make_user
from tests.training_jobs.factories import make_claimed, make_finished
from training_jobs import checkpoint_files, lifecycle
from training_jobs.model_files import model_file
from training_jobs.models import Pace, Run, Worker
from training_jobs.queries import events_after
from training_jobs.retention import clear_out

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.WEIGHTWISE_CHECKPOINTS = tmp_path / "checkpoints"
    settings.GUEST_HISTORY_DAYS, settings.CHECKPOINT_DAYS = 90, 30
    return checkpoint_files.folder()


def guest() -> Learner:
    return Learner.objects.create()


def finished(learner: Learner | None, days_ago: float) -> Run:
    """A run that ended so many days ago, with both of its files."""
    run = make_finished(learner)
    Run.objects.filter(id=run.id).update(
        ended_at=timezone.now() - timedelta(days=days_ago), checkpoint_epoch=2
    )
    for path in (checkpoint_files.path_of(run.id), model_file(run.id)):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"weights")
    run.refresh_from_db()
    return run


def test_a_guests_old_history_goes_whole_and_its_result_stays() -> None:
    learner = guest()
    run = finished(learner, days_ago=91)
    clear_out()
    run.refresh_from_db()
    assert events_after(run.id, 0) == []
    assert run.last_seq == 0
    assert run.result is not None
    assert run.result["test_accuracy"] == 0.93
    client = client_of(learner)
    page = client.get(f"/runs/{run.id}/").content.decode()
    assert "93.0" in page
    assert "0.30 seconds" in page
    assert "history was removed" in page
    assert client.get(f"/runs/{run.id}.json").json()["events"] == []
    assert client.get(f"/runs/{run.id}/events").status_code == 204


def test_younger_ones_and_members_and_reference_runs_keep_theirs() -> None:
    runs = [
        finished(guest(), days_ago=89),
        finished(Learner.objects.create(user=make_user("ada")), days_ago=1000),
        finished(None, days_ago=1000),
    ]
    clear_out()
    assert all(len(events_after(run.id, 0)) == run.last_seq > 0 for run in runs)


def test_old_files_go_but_never_those_of_a_reference_run() -> None:
    old, young = finished(guest(), days_ago=31), finished(guest(), days_ago=29)
    reference = finished(None, days_ago=1000)
    clear_out()
    kept = {path.stem for path in checkpoint_files.folder().iterdir()}
    assert kept == {str(young.id), str(reference.id)}
    assert Run.objects.get(id=old.id).checkpoint_epoch == 0
    assert Run.objects.get(id=young.id).checkpoint_epoch == 2


def test_a_run_in_training_is_left_alone() -> None:
    run = make_claimed(guest())
    Run.objects.update(checkpoint_epoch=1, ended_at="2020-01-01T00:00:00Z")
    clear_out()
    assert lifecycle.forget_history(run) is False
    assert lifecycle.forget_checkpoint(run) is False
    assert len(events_after(run.id, 0)) == 2


def test_files_without_a_run_go_after_a_day(folder: Path) -> None:
    run = finished(guest(), days_ago=1)
    strays = [folder / f"{uuid4()}.npz", folder / "half.part", folder / f"{uuid4()}.keras"]
    for path in strays:
        path.write_bytes(b"")
        os.utime(path, (0, 0))
    fresh = folder / f"{uuid4()}.npz"
    fresh.write_bytes(b"")
    os.utime(checkpoint_files.path_of(run.id), (0, 0))
    clear_out()
    expected = {fresh, checkpoint_files.path_of(run.id), model_file(run.id)}
    assert set(folder.iterdir()) == expected


def test_a_file_that_is_renamed_meanwhile_does_not_end_the_sweep(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a worker gives a file that it has written in full its own name."""
    folder.mkdir()
    part, stray = folder / "tmp1.part", folder / f"{uuid4()}.npz"
    for path in (part, stray):
        path.write_bytes(b"")
        os.utime(path, (0, 0))
    listed = Path.iterdir

    def listed_before(self: Path) -> Iterator[Path]:
        paths = list(listed(self))
        part.unlink(missing_ok=True)
        return iter(paths)

    monkeypatch.setattr(Path, "iterdir", listed_before)
    clear_out()
    assert not stray.exists()


def test_a_folder_among_the_files_is_left_alone(folder: Path) -> None:
    kept, stray = folder / "0-backup", folder / "half.part"
    kept.mkdir(parents=True)
    stray.write_bytes(b"")
    for path in (kept, stray):
        os.utime(path, (0, 0))
    clear_out()
    assert list(folder.iterdir()) == [kept]


def test_a_file_that_cannot_be_removed_keeps_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(guest(), days_ago=31)
    strays = [folder / f"{uuid4()}.npz" for _ in range(2)]
    for path in strays:
        path.write_bytes(b"")
        os.utime(path, (0, 0))
    stuck, removed = {checkpoint_files.path_of(run.id), strays[0]}, Path.unlink

    def refused(self: Path, missing_ok: bool = False) -> None:
        if self in stuck:
            raise PermissionError(13, "Permission denied", str(self))
        removed(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    session = Session.objects.create(session_key="old", expire_date=timezone.now() - DAY)
    with capture_logs() as told:
        clear_out()
    assert set(folder.iterdir()) == stuck
    assert {line["file"] for line in told if line["event"] == "file_not_removed"} == {
        path.name for path in stuck
    }
    assert not Session.objects.filter(pk=session.pk).exists()
    for path in stuck:
        os.utime(path, (0, 0))
    stuck.clear()
    kept = finished(guest(), days_ago=29)
    clear_out()
    left = set(folder.iterdir())
    assert left == {checkpoint_files.path_of(kept.id), model_file(kept.id)}, "the rest goes later"


def test_a_folder_that_cannot_be_read_keeps_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: Path) -> Iterator[Path]:
        raise PermissionError(13, "Permission denied")

    folder.mkdir()
    monkeypatch.setattr(Path, "iterdir", unreadable)
    Session.objects.create(session_key="old", expire_date=timezone.now() - DAY)
    clear_out()
    assert not Session.objects.exists()


def test_a_worker_that_was_killed_is_forgotten_after_a_day() -> None:
    now = timezone.now()
    for name, hours in (("dead@host", 25), ("alive@host", 0)):
        seen = now - timedelta(hours=hours)
        Worker.objects.create(name=name, state="ready", started_at=seen, last_seen=seen)
    clear_out()
    assert [worker.name for worker in Worker.objects.all()] == ["alive@host"]


def test_what_machines_that_are_gone_took_is_forgotten_after_some_time() -> None:
    now, old = timezone.now(), timezone.now() - 91 * DAY
    Worker.objects.create(name="one@here", host="here", started_at=now, last_seen=now)
    for host in ("here", "gone", "lately"):
        Pace.objects.create(host=host, kind="mnist dense xla", ratios=[1.5])
    Pace.objects.exclude(host="lately").update(updated_at=old)
    clear_out()
    assert {pace.host for pace in Pace.objects.all()} == {"here", "lately"}


def test_nothing_to_clear_out_is_no_trouble() -> None:
    clear_out()
    clear_out()
    assert Client().get("/healthz").status_code == 200
