"""The stages of a pipeline as they really ran: shape in, operation, shape out, and sample rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Stage = dict[str, Any]
SAMPLE_ROWS = 3


def stage(
    name: str,
    operation: str,
    shape_in: str,
    shape_out: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[float | str]],
) -> Stage:
    """One stage as JSON values; `rows` are sample rows of what comes out, one cell a column."""
    return {
        "name": name,
        "operation": operation,
        "shape_in": shape_in,
        "shape_out": shape_out,
        "columns": list(columns),
        "rows": [list(row) for row in rows],
    }


def shape_of(*arrays: NDArray[Any]) -> str:
    """Shapes as a reader writes them: `(1000, 10) + (200, 10)`."""
    return " + ".join(f"({', '.join(str(n) for n in array.shape)})" for array in arrays)


def sample(x: NDArray[Any], y: NDArray[Any]) -> list[list[float | str]]:
    """The first rows of x, rounded for reading, each with its class."""
    pairs = zip(x[:SAMPLE_ROWS], y[:SAMPLE_ROWS], strict=True)
    return [[*(round(float(value), 3) for value in row), str(label)] for row, label in pairs]


def table_stages(
    x: NDArray[Any],
    y: NDArray[Any],
    raw_train: NDArray[Any],
    y_train: NDArray[Any],
    x_train: NDArray[Any],
) -> list[Stage]:
    """Load, split and scale of the synthetic table."""
    columns = [*(f"x{i}" for i in range(x.shape[1])), "class"]
    raw_test = np.empty((len(x) - len(raw_train), x.shape[1]))
    return [
        stage("load", "make_classification", "nothing", shape_of(x), columns, sample(x, y)),
        stage(
            "split",
            "hold out 200 test rows, with the classes in the same proportion",
            shape_of(x),
            shape_of(raw_train, raw_test),
            columns,
            sample(raw_train, y_train),
        ),
        stage(
            "scale",
            "rescale each feature to 0..1 by its smallest and largest values outside the test rows",
            shape_of(raw_train),
            shape_of(x_train),
            columns,
            sample(x_train, y_train),
        ),
    ]


def probability_stage(
    name: str,
    operation: str,
    shape_in: str,
    rows: int,
    probabilities: NDArray[Any],
    labels: NDArray[Any],
) -> Stage:
    """A stage whose output is a probability for each class, next to the true class.

    `probabilities` and `labels` are of the first of its `rows` rows.
    """
    classes = probabilities.shape[1]
    columns = [*(f"P(class {i})" for i in range(classes)), "true class"]
    shape_out = f"({rows}, {classes})"
    return stage(name, operation, shape_in, shape_out, columns, sample(probabilities, labels))
