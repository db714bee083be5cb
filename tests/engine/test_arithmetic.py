"""The engine's arithmetic is that of `model.fit`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engine.plans import OPTIMIZERS, digits_plan, make_plan
from training_jobs.engine import datasets, networks
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.fit import Training, batch_order
from training_jobs.engine.plan import Plan

pytestmark = pytest.mark.engine
EPOCHS = 3
Arrays = list[NDArray[Any]]


@pytest.fixture(scope="module")
def table() -> Dataset:
    return datasets.load("tabular", Path("nowhere"))


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets._digits()


def ours(plan: Plan, data: Dataset) -> Arrays:
    training = Training(plan, data, lambda _: None, lambda: False)
    training.run(None)
    weights: Arrays = training.program.model.get_weights()
    return weights


def keras_fit(plan: Plan, data: Dataset) -> Arrays:
    """Keras's own `fit`, given the engine's first weights and order of batches."""
    model = networks.build(plan, data.shape, data.classes)
    loss = "sparse_categorical_crossentropy"
    model.compile(networks.optimizer(plan), loss, jit_compile=plan.compiled)
    rows = data.training_rows(plan.validation_fraction)
    for epoch in range(1, plan.epochs + 1):
        order = batch_order(plan, rows, epoch)
        x, y = data.x_train[order], data.y_train[order]
        model.fit(x, y, batch_size=plan.batch_size, epochs=1, shuffle=False, verbose=0)
    weights: Arrays = model.get_weights()
    return weights


def largest_difference(one: Arrays, other: Arrays) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("changes", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_without_xla_it_ends_bit_for_bit_where_fit_ends(
    table: Dataset, changes: dict[str, Any]
) -> None:
    # 1,000 rows in batches of 32: the last one is short, in every epoch.
    plan = make_plan(epochs=EPOCHS, compiled=False, **changes)
    for mine, theirs in zip(ours(plan, table), keras_fit(plan, table), strict=True):
        np.testing.assert_array_equal(mine, theirs)


# Each depth and each activation; what one does depends on no other.
@pytest.mark.parametrize(
    ("hidden_units", "activation"),
    [([], "relu"), ([16], "tanh"), ([16, 8], "sigmoid"), ([16, 8, 8], "relu")],
)
def test_bit_for_bit_in_every_depth(
    table: Dataset, hidden_units: list[int], activation: str
) -> None:
    plan = make_plan(epochs=1, compiled=False, hidden_units=hidden_units, activation=activation)
    for mine, theirs in zip(ours(plan, table), keras_fit(plan, table), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_held_out_rows_and_a_stand_in_make_no_difference(digits: Dataset) -> None:
    plan = digits_plan(epochs=2, compiled=False)
    for mine, theirs in zip(ours(plan, digits), keras_fit(plan, digits), strict=True):
        np.testing.assert_array_equal(mine, theirs)


# TensorFlow fuses these otherwise in a loop than in `fit`'s step: another rounding, no more.
@pytest.mark.parametrize("changes", [{"activation": "gelu"}, {"dropout": 0.3}])
def test_what_is_fused_otherwise_agrees_to_rounding(
    table: Dataset, changes: dict[str, Any]
) -> None:
    plan = make_plan(epochs=1, compiled=False, optimizer="sgd", **changes)
    assert largest_difference(ours(plan, table), keras_fit(plan, table)) < 1e-5


@pytest.mark.parametrize("changes", OPTIMIZERS.values(), ids=list(OPTIMIZERS))
def test_xla_agrees_over_the_first_steps(table: Dataset, changes: dict[str, Any]) -> None:
    few = replace(table, x_train=table.x_train[:320], y_train=table.y_train[:320])
    plan = make_plan(epochs=1, **changes)
    plain = replace(plan, compiled=False)
    assert largest_difference(ours(plan, few), ours(plain, few)) < 1e-5


def test_xla_repeats_itself_bit_for_bit(table: Dataset) -> None:
    plan = make_plan(epochs=EPOCHS)
    for first, second in zip(ours(plan, table), ours(plan, table), strict=True):
        np.testing.assert_array_equal(first, second)


def test_xla_ends_within_the_seeds_spread(digits: Dataset) -> None:
    def accuracy(plan: Plan) -> float:
        training = Training(plan, digits, lambda _: None, lambda: False)
        training.run(None)
        return training.program.measure_test()[1]

    plans = [digits_plan(seed=seed) for seed in range(3)]
    compiled = [accuracy(plan) for plan in plans]
    plain = [accuracy(replace(plan, compiled=False)) for plan in plans]
    spread = max(plain) - min(plain)
    assert abs(np.mean(compiled) - np.mean(plain)) <= max(spread, 0.01)
