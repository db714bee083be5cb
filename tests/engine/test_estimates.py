"""A run's size, told before it is accepted."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.plans import digits_plan, make_plan
from training_jobs.engine.estimates import estimate


@pytest.mark.parametrize(
    ("changes", "parameters"),
    [
        ({}, 784 * 64 + 64 + 64 * 10 + 10),
        ({"hidden_units": []}, 784 * 10 + 10),
        ({"hidden_units": [64, 32]}, 784 * 64 + 64 + 64 * 32 + 32 + 32 * 10 + 10),
    ],
)
def test_parameters_are_counted(changes: dict[str, Any], parameters: int) -> None:
    assert estimate(digits_plan(**changes)).parameters == parameters


@pytest.mark.engine
@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_units": [16, 8]},
        {"dataset": "mnist", "network": "convolutional", "hidden_units": [16]},
    ],
)
def test_the_count_is_keras_own(changes: dict[str, Any]) -> None:
    from training_jobs.engine import networks

    plan = make_plan(**changes)
    shape, classes = ((28, 28), 10) if plan.dataset == "mnist" else ((10,), 2)
    assert estimate(plan).parameters == networks.build(plan, shape, classes).count_params()


def test_steps_include_the_short_batch() -> None:
    assert estimate(make_plan()).steps == 5 * 32
    assert estimate(digits_plan()).steps == 5 * 1688


def test_more_work_takes_longer_and_more_room() -> None:
    small, large = estimate(digits_plan()), estimate(digits_plan(hidden_units=[256, 256]))
    assert large.seconds > small.seconds
    assert large.megabytes > small.megabytes
    convolution = estimate(digits_plan(network="convolutional"))
    assert convolution.seconds > small.seconds


def test_plans_are_told_apart_as_they_were_measured() -> None:
    """In the order of their measured seconds; each of these took at least a half more."""
    measured = [
        make_plan(),
        make_plan(epochs=20),
        digits_plan(epochs=2),
        digits_plan(hidden_units=[256, 256], epochs=1),
        digits_plan(hidden_units=[256, 256], epochs=3),
        digits_plan(network="convolutional", hidden_units=[16], batch_size=64, epochs=1),
    ]
    seconds = [estimate(plan).seconds for plan in measured]
    assert seconds == sorted(seconds)


def test_estimating_needs_no_tensorflow() -> None:
    source = Path("training_jobs/engine/estimates.py").read_text()
    assert "import tensorflow" not in source
    assert "import keras" not in source
