"""What a person takes away from a run."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Learner
from tests.engine.plans import make_plan
from tests.factories import client_of
from tests.training_jobs.factories import make_finished, make_run
from training_jobs import exports
from training_jobs.engine.plan import Plan
from training_jobs.model_files import model_file
from training_jobs.models import Run
from training_jobs.receipts import receipt_of
from training_jobs.script import CLOSE_FUSED, CLOSE_XLA, EXACT, is_exact, script_of

FILES = ["history.csv", "history.json", "script.py", "model.keras"]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.WEIGHTWISE_CHECKPOINTS = tmp_path
    return tmp_path


def with_everything(run: Run) -> Run:
    """The run with its receipt, and a file in the place of its network."""
    plan = Plan.parse(run.plan)
    run.receipt = receipt_of(
        plan, data_name="tabular", data_title="a table", data_digest="d", weights_digest="w"
    )
    run.save()
    model_file(run.pk).write_bytes(b"a network")
    return run


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_its_learners_alone(name: str) -> None:
    learner = Learner.objects.create()
    url = f"/runs/{with_everything(make_finished(learner)).pk}/{name}"
    mine = client_of(learner).get(url)
    assert mine.status_code == 200
    assert body(mine)
    assert mine["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in mine["Cache-Control"]
    for stranger in (Client(), client_of(Learner.objects.create())):
        assert stranger.get(url).status_code == 404
    assert client_of(learner).post(url).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_a_reference_runs_files_are_everyones(name: str) -> None:
    run = with_everything(make_finished())
    assert Client().get(f"/runs/{run.pk}/{name}").status_code == 200
    assert Client().get(f"/runs/{uuid4()}/{name}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["script.py", "model.keras"])
def test_what_is_not_there_says_why(name: str) -> None:
    response = Client().get(f"/runs/{make_run().pk}/{name}")
    assert response.status_code == 404
    assert "This file is not available" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["history.csv", "history.json"])
def test_a_removed_history_says_so(name: str) -> None:
    run = make_finished()
    run.events.all().delete()
    response = Client().get(f"/runs/{run.pk}/{name}")
    assert response.status_code == 404
    assert "was removed" in response.content.decode()


@pytest.mark.django_db
def test_a_script_of_a_plan_of_another_version_says_why_there_is_none() -> None:
    learner = Learner.objects.create()
    run = with_everything(make_finished(learner))
    run.plan = {**run.plan, "optimizer": "of long ago"}
    run.save()
    client = client_of(learner)
    assert client.get(f"/runs/{run.pk}/").status_code == 200
    response = client.get(f"/runs/{run.pk}/script.py")
    assert response.status_code == 404
    assert "another version" in response.content.decode()
    assert "of long ago" in response.content.decode()


@pytest.mark.django_db
def test_the_history_as_json_is_that_of_the_snapshot() -> None:
    run = make_finished()
    events = json.loads(Client().get(f"/runs/{run.pk}/history.json").content)
    assert events == Client().get(f"/runs/{run.pk}.json").json()["events"]


@pytest.mark.django_db
def test_the_history_as_csv_has_a_line_for_each_point() -> None:
    text = Client().get(f"/runs/{make_finished().pk}/history.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["event"] for row in rows] == ["tick", "epoch", "epoch"]
    assert (rows[0]["epoch"], rows[0]["step"], rows[0]["loss"]) == ("0.5", "16", "0.6")
    assert (rows[2]["accuracy"], rows[2]["seconds"], rows[2]["val_loss"]) == ("0.8", "0.1", "")
    assert rows[2]["hidden_1 delta_norm"] == "0.2"


def test_a_cell_is_never_a_formula() -> None:
    layer = {"name": "=cmd|'/c calc'!A1", "delta_norm": -1.5, "relative_delta": None}
    text = exports.history_csv([(1, "tick", {"epoch": 0.5, "layers": [layer]})])
    header, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert not [cell for cell in header if cell.startswith(("=", "+", "-", "@"))]
    assert row[-2] == "-1.5"  # a number is a number


@pytest.mark.django_db
def test_the_receipt_is_shown_and_is_in_the_snapshot() -> None:
    run = with_everything(make_finished())
    assert run.receipt is not None
    page = Client().get(f"/runs/{run.pk}/").content.decode()
    for shown in ("<summary>Receipt</summary>", run.receipt["code"]["engine_sha256"]):
        assert shown in page
    snapshot = Client().get(f"/runs/{run.pk}.json").json()["receipt"]
    assert snapshot | run.receipt == snapshot
    assert snapshot["tries"] == run.tries


def script(plan: Plan, dataset: str = "tabular", weights: str = "w", title: str = "A run") -> str:
    libraries = {"tensorflow": "2.21.0", "keras": "unknown", "numpy": "2.1"}
    return script_of(
        plan,
        dataset=dataset,
        title=title,
        accuracy=0.5,
        weights_digest=weights,
        libraries=libraries,
    )


@pytest.mark.parametrize("dataset", ["tabular", "mnist", "digits"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"network": "convolutional", "dataset": "mnist", "dropout": 0.2},
        {"optimizer": "adamw", "weight_decay": 0.01, "hidden_units": []},
        {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "hidden_units": [8, 4]},
        {"optimizer": "rmsprop"},
        {"optimizer": "adagrad"},
    ],
)
def test_every_script_is_python(dataset: str, changes: dict[str, Any]) -> None:
    compile(script(make_plan(**changes), dataset), "script.py", "exec")


def test_a_title_cannot_leave_its_docstring() -> None:
    text = script(make_plan(), title='"""\nimport antigravity\n\\')
    assert "\nimport antigravity" not in text
    compile(text, "script.py", "exec")


NEARNESS = [
    ({"compiled": True}, CLOSE_XLA),
    ({"compiled": False}, EXACT),
    ({"compiled": False, "activation": "gelu"}, CLOSE_FUSED),
    ({"compiled": False, "dropout": 0.1}, CLOSE_FUSED),
    ({"compiled": False, "network": "convolutional", "dataset": "mnist"}, CLOSE_FUSED),
]


@pytest.mark.parametrize(("changes", "promise"), NEARNESS)
def test_a_script_says_how_near_it_comes(changes: dict[str, Any], promise: str) -> None:
    plan = make_plan(**changes)
    assert promise in script(plan)
    assert is_exact(plan) == (promise == EXACT)


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "promise"), NEARNESS)
def test_the_receipt_promises_what_the_script_does(changes: dict[str, Any], promise: str) -> None:
    run = make_finished()
    run.plan = make_plan(**changes).as_json()
    with_everything(run)
    page = Client().get(f"/runs/{run.pk}/").content.decode()
    told = " ".join(page.partition("<dt>Compiled</dt>")[2].partition("</dd>")[0].split())
    said = {CLOSE_XLA: "by XLA", EXACT: "no: bit for bit what Keras’s own fit computes"}
    assert told == f"<dd> {said.get(promise, 'no')}"
    assert promise in Client().get(f"/runs/{run.pk}/script.py").content.decode()


def test_it_names_the_versions_that_are_known() -> None:
    assert "pip install tensorflow==2.21.0 keras numpy==2.1 scikit-learn" in script(make_plan())
    assert "scikit-learn" not in script(make_plan(), "mnist").split('"""')[1]


@pytest.mark.engine
@pytest.mark.parametrize("changes", [{}, {"optimizer": "sgd", "validation_fraction": 0.1}])
def test_the_script_ends_with_the_runs_own_weights(tmp_path: Path, changes: dict[str, Any]) -> None:
    from training_jobs.engine import datasets
    from training_jobs.engine.fit import fit
    from training_jobs.engine.progress import Progress, Result

    plan = make_plan(epochs=2, compiled=False, **changes)
    reports: list[Progress] = []
    fit(plan, datasets.load("tabular", tmp_path), reports.append, lambda: False)
    result = reports[-1]
    assert isinstance(result, Result)
    path = tmp_path / "script.py"
    path.write_text(script(plan, weights=result.weights_digest))
    done = subprocess.run(
        [sys.executable, path],
        env=os.environ | hostile_keras(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"sha256 of the weights: {result.weights_digest}" in done.stdout
    assert "The same weights: yes" in done.stdout


def hostile_keras(home: Path) -> dict[str, str]:
    """The environment of somebody whose Keras is set up for other work."""
    folder = home / ".keras"
    folder.mkdir()
    settings = {"backend": "jax", "floatx": "float16", "epsilon": 0.1}
    settings |= {"image_data_format": "channels_first"}
    (folder / "keras.json").write_text(json.dumps(settings))
    variables = {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1", "XLA_FLAGS": "--no_such_flag"}
    return {"HOME": str(home), "KERAS_HOME": str(folder), **variables}


@pytest.mark.engine
def test_the_saved_network_is_the_trained_one(tmp_path: Path) -> None:
    import keras
    import numpy as np

    from training_jobs.engine import datasets
    from training_jobs.engine.checkpoints import Checkpoint
    from training_jobs.engine.fit import fit
    from training_jobs.engine.progress import Progress, Result
    from training_jobs.engine.saving import save_model

    plan, data = make_plan(epochs=1), datasets.load("tabular", tmp_path)
    reports: list[Progress] = []
    fit(plan, data, reports.append, lambda: False)
    checkpoint, result = reports[-2:]
    assert isinstance(checkpoint, Checkpoint)
    assert isinstance(result, Result)
    path = tmp_path / "new" / "network.keras"
    save_model(plan, data, checkpoint.weights, path)
    assert [file.name for file in path.parent.iterdir()] == ["network.keras"]
    loss, accuracy = keras.models.load_model(path).evaluate(data.x_test, data.y_test, verbose=0)
    assert np.isclose(loss, result.test_loss, atol=1e-5)
    assert np.isclose(accuracy, result.test_accuracy, atol=1e-6)


@pytest.mark.engine
def test_a_network_is_saved_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    from training_jobs.engine import datasets, networks
    from training_jobs.engine.saving import save_model

    def full(model: Any, path: Path) -> None:
        path.write_bytes(b"the first half")
        raise OSError("No space left on device")

    plan, data = make_plan(), datasets.load("tabular", tmp_path)
    weights = [value.numpy() for value in networks.build(plan, data.shape, 2).variables]
    monkeypatch.setattr(keras.Sequential, "save", full)
    with pytest.raises(OSError, match="No space"):
        save_model(plan, data, weights, tmp_path / "network.keras")
    assert list(tmp_path.iterdir()) == []
