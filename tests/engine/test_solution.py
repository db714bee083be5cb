"""The program that a lesson shows as its solution runs, and finds the page's figures."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.engine.plans import digits_plan
from tests.patience import LAST_RESORT
from training_jobs.engine import datasets
from training_jobs.engine.fit import fit
from training_jobs.engine.progress import Progress, Result, Start

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# Reads MNIST where it is present as Keras would: what Keras downloads is checked by the digest of
# the whole file, and the same arrays may have been packed by someone else.
PRELUDE = """
import keras, numpy, pathlib
def load_data(path="mnist.npz"):
    with numpy.load(pathlib.Path({folder!r}) / path) as arrays:
        train, test = ("x_train", "y_train"), ("x_test", "y_test")
        return tuple(tuple(arrays[name] for name in part) for part in (train, test))
keras.datasets.mnist.load_data = load_data
"""


def solution() -> str:
    lesson = settings.WEIGHTWISE_CONTENT / "why-training-updates-weights/lessons/experiment.md"
    shown = re.search(r"^::: solution .*?^```python\n(.*?)^```", lesson.read_text(), re.M | re.S)
    assert shown, "the lesson has a solution with one block of code"
    return shown[1]


def engine_accuracies(folder: Path) -> tuple[float, float]:
    data = datasets.load("mnist", folder)
    reports: list[Progress] = []
    fit(digits_plan(seed=5), data, reports.append, lambda: False)
    start, result = reports[0], reports[-1]
    assert isinstance(start, Start)
    assert isinstance(result, Result)
    return start.test_accuracy_before, result.test_accuracy


def test_the_solution_finds_the_figures_of_the_page(tmp_path: Path) -> None:
    folder = Path(os.environ.get("WEIGHTWISE_DATASETS", tmp_path))
    program = tmp_path / "solution.py"
    program.write_text(PRELUDE.format(folder=str(folder)) + solution())
    ran = subprocess.run(
        [sys.executable, str(program)],
        check=True,
        capture_output=True,
        text=True,
        timeout=LAST_RESORT,
        env={**os.environ, "KERAS_HOME": str(tmp_path / "keras")},
    )
    before, after = (
        float(re.findall(rf"test accuracy {moment}: ([0-9.]+)", ran.stdout)[0])
        for moment in ("before", "after")
    )
    engine_before, engine_after = engine_accuracies(folder)
    # The same first weights; the batches come in another order, so the end differs by a little.
    assert before == pytest.approx(engine_before, abs=0.005)
    assert after == pytest.approx(engine_after, abs=0.02)
    assert after > 0.88
