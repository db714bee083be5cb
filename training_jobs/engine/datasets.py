"""The data sets that runs train on, found or made, and described for the page.

MNIST is by Yann LeCun and Corinna Cortes (CC BY-SA 3.0); scikit-learn's digits stand in for it
where it cannot be had. The table is made by scikit-learn's `make_classification`.
"""

import hashlib
import math
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from sklearn.datasets import load_digits, make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

from training_jobs.engine.library import keras
from training_jobs.engine.stages import Stage, table_stages
from training_jobs.engine.surroundings import keras_folder, own_keras_folder

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
Arrays = dict[str, NDArray[np.uint8]]

# sha256 of each array's raw bytes in C order, as Keras distributes the set.
MNIST_DIGESTS = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}
DOWNLOAD_SECONDS = 10
log = structlog.get_logger("weightwise.datasets")


class DatasetError(Exception):
    """A data set cannot be used; the text says which, where it was looked for, and why."""


@dataclass(frozen=True)
class Dataset:
    """Rows ready for training: x of shape (rows, features) in 0..1, y the class of each row.

    `shape` is the shape of one row before it was flattened; `digest` is the sha256 of all four
    arrays; `source` says in a sentence where the rows come from.
    """

    name: str
    title: str
    source: str
    shape: tuple[int, ...]
    classes: int
    x_train: Floats
    y_train: Labels
    x_test: Floats
    y_test: Labels
    stages: list[Stage] = field(default_factory=list)

    @property
    def features(self) -> int:
        return int(self.x_train.shape[1])

    def training_rows(self, validation_fraction: float) -> int:
        """How many rows are trained on; the last ones are held out, as Keras does it."""
        return math.floor(len(self.x_train) * (1.0 - validation_fraction))

    @cached_property
    def digest(self) -> str:
        total = hashlib.sha256()
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            total.update(np.ascontiguousarray(array).tobytes())
        return total.hexdigest()

    @cached_property
    def _first_lit(self) -> NDArray[np.int64]:
        """The first row in which each feature is not 0; the number of rows where there is none."""
        lit = self.x_train != 0
        return np.where(lit.any(axis=0), lit.argmax(axis=0), len(lit))

    def dead_inputs(self, rows: int) -> int:
        """How many features are 0 in each of the first `rows` rows, which are trained on."""
        return int((self._first_lit >= rows).sum())

    def describe(self, validation_fraction: float = 0.0) -> dict[str, Any]:
        """The facts that a page shows, as JSON values. What is held out is not trained on."""
        rows = self.training_rows(validation_fraction)
        return {
            "name": self.name,
            "title": self.title,
            "source": self.source,
            "digest": self.digest,
            "shape": list(self.shape),
            "features": self.features,
            "classes": self.classes,
            "rows": len(self.x_train),
            "train_rows": rows,
            "validation_rows": len(self.x_train) - rows,
            "test_rows": len(self.x_test),
            "dead_inputs": self.dead_inputs(rows),
        }


@cache
def load(name: str, folder: Path) -> Dataset:
    """The data set of this name; `folder` may hold `mnist.npz`. Kept for the process's life."""
    if name == "tabular":
        return _tabular()
    if name == "mnist":
        return _mnist(folder)
    raise DatasetError(f"There is no data set {name!r}; there are mnist and tabular.")


def _mnist(folder: Path) -> Dataset:
    for origin, find in _mnist_origins(folder):
        try:
            return _from_mnist(_checked(find()), origin)
        except Exception as error:  # noqa: BLE001  (Keras raises a bare one; all mean "not here")
            # For the operator; the run's page only says that it was not MNIST.
            log.warning("mnist_not_found", looked_in=origin, why=str(error))
    return _digits()


def _mnist_origins(folder: Path) -> list[tuple[str, Callable[[], Arrays]]]:
    folders = (keras_folder(), own_keras_folder())
    kept = [kept for folder in folders if (kept := folder / "datasets" / "mnist.npz").exists()]
    cached = kept[0] if kept else keras_folder() / "datasets" / "mnist.npz"
    origins: list[tuple[str, Callable[[], Arrays]]] = [
        (f"{folder.name}/mnist.npz", lambda: _read(folder / "mnist.npz")),
        ("Keras's cache", lambda: _read(cached)),
    ]
    # Keras would delete a cached file whose digest it does not know; that file is the reader's.
    return origins if kept else [*origins, ("Keras's download", _download)]


def _read(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in MNIST_DIGESTS}


def _download() -> Arrays:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(DOWNLOAD_SECONDS)
    try:
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    finally:
        socket.setdefaulttimeout(before)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def _checked(arrays: Arrays) -> Arrays:
    for name, expected in MNIST_DIGESTS.items():
        if hashlib.sha256(np.ascontiguousarray(arrays[name]).tobytes()).hexdigest() != expected:
            raise DatasetError(f"its array {name} is not MNIST's (another digest)")
    return arrays


def _from_mnist(arrays: Arrays, origin: str) -> Dataset:
    return Dataset(
        name="mnist",
        title="MNIST",
        source=f"MNIST by LeCun and Cortes, from {origin}",
        shape=(28, 28),
        classes=10,
        x_train=_pixels(arrays["x_train"], 255),
        y_train=arrays["y_train"].astype(np.int64),
        x_test=_pixels(arrays["x_test"], 255),
        y_test=arrays["y_test"].astype(np.int64),
    )


def _pixels(images: NDArray[Any], brightest: int) -> Floats:
    return (images.reshape(len(images), -1) / np.float32(brightest)).astype(np.float32)


def _digits() -> Dataset:
    digits = load_digits()
    x_train, x_test, y_train, y_test = train_test_split(
        _pixels(digits.images, 16),
        digits.target.astype(np.int64),
        test_size=0.2,
        random_state=0,
        stratify=digits.target,
    )
    return Dataset(
        name="digits",
        title="scikit-learn’s digits",
        source="bundled with scikit-learn, used because MNIST was not found",
        shape=(8, 8),
        classes=10,
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
    )


def _tabular() -> Dataset:
    x, y = make_classification(
        n_samples=1200,
        n_features=10,
        n_informative=6,
        n_redundant=2,
        class_sep=2.0,
        random_state=3,
    )
    raw_train, raw_test, y_train, y_test = train_test_split(
        x, y, test_size=200, random_state=0, stratify=y
    )
    scaler = MinMaxScaler().fit(raw_train)  # on the training rows only: test rows stay unseen
    x_train, x_test = (scaler.transform(part).astype(np.float32) for part in (raw_train, raw_test))
    return Dataset(
        name="tabular",
        title="a synthetic table",
        source="made by scikit-learn’s make_classification, always the same rows",
        shape=(10,),
        classes=2,
        x_train=x_train,
        y_train=y_train.astype(np.int64),
        x_test=x_test,
        y_test=y_test.astype(np.int64),
        stages=table_stages(x, y, raw_train, y_train, x_train),
    )
