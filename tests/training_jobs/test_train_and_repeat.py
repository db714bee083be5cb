"""A worker's real run leaves a receipt and a network, and its repeat ends with the same weights."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import make_run
from training_jobs import tasks
from training_jobs.management.commands import repeat_run
from training_jobs.model_files import model_file
from training_jobs.models import Run

pytestmark = [pytest.mark.engine, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.WEIGHTWISE_CHECKPOINTS = tmp_path
    return tmp_path


@pytest.fixture
def trained() -> Run:
    run = make_run(Learner.objects.create())
    tasks.train()
    run.refresh_from_db()
    assert run.state == Run.State.SUCCEEDED, run.reason
    return run


def test_it_leaves_a_receipt_and_a_network(trained: Run) -> None:
    assert trained.receipt is not None
    assert trained.learner is not None
    result = trained.events.get(name="result").data
    assert trained.receipt["weights_sha256"] == result["weights_digest"]
    data = trained.events.get(name="start").data["dataset"]
    assert trained.receipt["data"]["sha256"] == data["digest"]
    response = client_of(trained.learner).get(f"/runs/{trained.pk}/model.keras")
    assert b"".join(response.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert Client().get(f"/runs/{trained.pk}/model.keras").status_code == 404


def test_its_repeat_ends_with_the_same_weights(
    trained: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(repeat_run, "sleep", lambda _: tasks.train())
    call_command("repeat_run", str(trained.pk), "--wait")
    assert "The weights are equal, bit for bit." in capsys.readouterr().out


def test_a_full_disk_costs_the_network_and_not_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from training_jobs.engine import saving

    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(saving, "save_model", full)
    run = make_run()
    tasks.train()
    run.refresh_from_db()
    assert run.state == Run.State.SUCCEEDED
    assert not model_file(run.pk).exists()
