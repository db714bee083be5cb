"""Data sets are found, checked, or replaced, and the reader is told which."""

import os
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from tests.engine.plans import make_plan
from training_jobs.engine import datasets
from training_jobs.engine.datasets import DatasetError, load
from training_jobs.engine.library import keras
from training_jobs.figures import figure_of_plan

pytestmark = pytest.mark.engine


@pytest.fixture
def no_mnist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder, no Keras cache, and no network."""

    def refuse() -> None:
        raise OSError("no network")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(keras.datasets.mnist, "load_data", refuse)
    return tmp_path


def write_npz(path: Path, rows: int = 3) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    images, labels = np.zeros((rows, 28, 28), np.uint8), np.zeros(rows, np.uint8)
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)


def first_refusal(folder: Path) -> str:
    """What the log says of `folder`'s own file, when digits stand in for it."""
    with capture_logs() as logged:
        assert datasets._mnist(folder).name == "digits"
    return str(logged[0]["why"])


def test_digits_stand_in_where_mnist_cannot_be_had(no_mnist: Path) -> None:
    with capture_logs() as logged:
        found = datasets._mnist(no_mnist)
    assert (found.name, found.shape, found.features) == ("digits", (8, 8), 64)
    assert found.source == "bundled with scikit-learn, used because MNIST was not found"
    looked = [(entry["looked_in"], entry["why"]) for entry in logged]
    assert [origin for origin, _ in looked] == [
        *(f"{no_mnist.name}/mnist.npz", "Keras's cache", "Keras's download"),
    ]
    assert looked[-1][1] == "no network"
    assert (len(found.x_train), len(found.x_test)) == (1437, 360)


def test_a_file_that_is_not_mnist_is_refused_by_its_digest(no_mnist: Path) -> None:
    write_npz(no_mnist / "mnist.npz")
    assert "x_train is not MNIST's" in first_refusal(no_mnist)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"not an archive"])
def test_a_broken_file_is_no_crash(no_mnist: Path, content: bytes) -> None:
    (no_mnist / "mnist.npz").write_bytes(content)
    assert datasets._mnist(no_mnist).name == "digits"


def test_pickled_arrays_are_refused(no_mnist: Path) -> None:
    evil = np.array([{"run": "me"}], dtype=object)
    np.savez(no_mnist / "mnist.npz", x_train=evil, y_train=evil, x_test=evil, y_test=evil)
    assert "allow_pickle" in first_refusal(no_mnist)


def test_a_readers_file_in_keras_cache_is_never_touched(no_mnist: Path) -> None:
    cached = no_mnist / "keras" / "datasets" / "mnist.npz"
    write_npz(cached)
    before = cached.read_bytes()
    with capture_logs() as logged:
        datasets._mnist(no_mnist)
    assert logged[-1]["looked_in"] == "Keras's cache"
    assert cached.read_bytes() == before


def test_mnist_itself() -> None:
    folder = Path(os.environ.get("WEIGHTWISE_DATASETS", "nowhere"))
    if not (folder / "mnist.npz").exists():
        # Its licence and size keep it out of the project; who has it names the folder.
        pytest.skip("MNIST is not on this machine: put mnist.npz into WEIGHTWISE_DATASETS")
    found = datasets._mnist(folder)
    assert (found.name, found.shape, found.classes) == ("mnist", (28, 28), 10)
    assert (found.x_train.shape, found.x_test.shape) == ((60000, 784), (10000, 784))
    assert (found.x_train.min(), found.x_train.max()) == (0, 1)
    assert found.describe()["dead_inputs"] == 67


def test_the_table_is_always_the_same() -> None:
    first, second = datasets._tabular(), datasets._tabular()
    assert first.digest == second.digest
    assert (first.x_train.shape, first.x_test.shape) == ((1000, 10), (200, 10))
    assert (first.x_train.min(), first.x_train.max()) == (0, pytest.approx(1))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5])
def test_dead_inputs_are_those_of_the_rows_that_are_trained_on(share: float) -> None:
    found = datasets._digits()
    told = found.describe(share)
    trained_on = found.x_train[: told["train_rows"]]
    assert told["train_rows"] + told["validation_rows"] == len(found.x_train)
    assert told["dead_inputs"] == sum(not column.any() for column in trained_on.T)


def test_an_input_lit_in_validation_rows_only_is_dead() -> None:
    assert datasets._digits().describe(0.1)["dead_inputs"] == 5
    assert datasets._digits().describe()["dead_inputs"] == 4


@pytest.mark.parametrize("share", [0.0, 0.1, 0.37])
def test_what_is_said_of_a_plan_for_the_table_is_true_of_the_table(share: float) -> None:
    plan = make_plan(validation_fraction=share, batch_size=48)
    table = datasets._tabular().describe(share)
    for metric in ("features", "classes", "train_rows", "validation_rows"):
        assert figure_of_plan(plan.as_json(), metric) == f"{table[metric]:,}"
    steps = -(-table["train_rows"] // 48) * plan.epochs
    assert figure_of_plan(plan.as_json(), "steps") == f"{steps:,}"
    digits = plan.as_json() | {"dataset": "mnist"}
    assert figure_of_plan(digits, "train_rows") is None


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(DatasetError, match=r"no data set '\.\./x'"):
        load("../x", Path())
