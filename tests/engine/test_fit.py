"""The engine trains, reports, stops, and repeats itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.engine.plans import digits_plan, make_plan
from training_jobs.engine import datasets
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.fit import TICKS_PER_EPOCH, Training, batch_order, fit
from training_jobs.engine.plan import Plan
from training_jobs.engine.progress import (
    Diverged,
    Epoch,
    Progress,
    Result,
    Start,
    Stopped,
    Tick,
)

pytestmark = pytest.mark.engine
NOWHERE = Path("nowhere")


@pytest.fixture(scope="module")
def table() -> Dataset:
    return datasets.load("tabular", NOWHERE)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets._digits()


def trained(plan: Plan, data: Dataset) -> list[Progress]:
    reports: list[Progress] = []
    fit(plan, data, reports.append, lambda: False)
    return reports


def outcome(reports: list[Progress]) -> Result:
    (result,) = [report for report in reports if isinstance(report, Result)]
    return result


def test_reports_come_in_their_order(table: Dataset) -> None:
    reports = trained(make_plan(epochs=2), table)
    kinds = [type(report) for report in reports]
    assert kinds[0] is Start
    assert kinds[-1] is Result
    ticks = [report for report in reports if isinstance(report, Tick)]
    assert len(ticks) >= 2 * TICKS_PER_EPOCH
    assert [tick.epoch for tick in ticks] == sorted(tick.epoch for tick in ticks)
    assert ticks[-1].epoch == 2.0
    assert ticks[-1].step == 2 * 32  # 1,000 rows in batches of 32: 31 whole ones and a short one


def test_the_same_plan_ends_with_the_same_weights(table: Dataset) -> None:
    first, second = (trained(make_plan(epochs=2), table) for _ in range(2))
    assert outcome(first).layers == outcome(second).layers
    assert outcome(first).test_loss == outcome(second).test_loss
    other = trained(make_plan(epochs=2, seed=6), table)
    assert outcome(other).layers != outcome(first).layers


@pytest.mark.parametrize(
    ("optimizer", "rate", "momentum"),
    [("sgd", 0.1, 0.9), ("adam", 0.01, 0.0), ("rmsprop", 0.01, 0.0)],
)
def test_the_optimizers_reference_runs_end_well(
    table: Dataset, optimizer: str, rate: float, momentum: float
) -> None:
    plan = make_plan(optimizer=optimizer, learning_rate=rate, momentum=momentum)
    assert outcome(trained(plan, table)).test_accuracy > 0.85


def test_the_digits_end_well_and_every_layer_moves(digits: Dataset) -> None:
    reports = trained(digits_plan(), digits)
    start, result = reports[0], outcome(reports)
    assert isinstance(start, Start)
    assert start.test_accuracy_before < 0.25
    assert result.test_accuracy_before == start.test_accuracy_before
    assert result.test_accuracy > 0.88
    assert all(layer.delta_norm > 0 for layer in result.layers)
    assert start.parameters == 64 * 64 + 64 + 64 * 10 + 10


def test_sampled_weights_are_ones_that_move(digits: Dataset) -> None:
    reports = trained(digits_plan(epochs=1), digits)
    start, result = reports[0], outcome(reports)
    assert isinstance(start, Start)
    for before, after in zip(start.layers, result.layers, strict=True):
        assert [sample.index for sample in before.samples] == [
            sample.index for sample in after.samples
        ]
        moved = [
            one.value != other.value
            for one, other in zip(before.samples, after.samples, strict=True)
        ]
        assert all(moved), before.name


def test_every_row_is_seen_once_an_epoch_and_in_another_order(table: Dataset) -> None:
    plan = make_plan()
    first, second = batch_order(plan, 1000, 1), batch_order(plan, 1000, 2)
    assert sorted(first) == list(range(1000))
    assert not np.array_equal(first, second)
    training = Training(plan, table, lambda _: None, lambda: False)
    chunks = list(training._chunks(31))
    assert [start for start, _ in chunks] == [0, *(stop for _, stop in chunks[:-1])]
    assert chunks[-1][1] == 31


def test_held_out_rows_are_not_trained_on(digits: Dataset) -> None:
    assert digits.training_rows(0.1) == 1293  # as Keras has it: the floor of 1,437 times 0.9
    epochs = [
        report for report in trained(digits_plan(epochs=1), digits) if isinstance(report, Epoch)
    ]
    assert epochs[0].val_accuracy is not None


def test_without_held_out_rows_there_is_no_validation(table: Dataset) -> None:
    reports = trained(make_plan(epochs=1), table)
    (epoch,) = [report for report in reports if isinstance(report, Epoch)]
    assert (epoch.val_loss, epoch.val_accuracy) == (None, None)


def test_it_stops_between_chunks(table: Dataset) -> None:
    reports: list[Progress] = []
    answers = iter([False, False, True])
    with pytest.raises(Stopped):
        fit(make_plan(), table, reports.append, lambda: next(answers))
    assert [type(report) for report in reports] == [Start, Tick, Tick]


def test_weights_that_overflow_end_it(table: Dataset) -> None:
    plan = replace(make_plan(optimizer="sgd"), learning_rate=1e30)  # no plan may ask for this
    with pytest.raises(Diverged, match=r"diverged in epoch 0\."):
        trained(plan, table)


def test_a_row_is_followed_through_the_layers(table: Dataset) -> None:
    prediction = outcome(trained(make_plan(epochs=1), table)).prediction
    assert [layer["size"] for layer in prediction["layers"]] == [10, 32, 2]
    probabilities = prediction["layers"][-1]["values"]
    assert sum(probabilities) == pytest.approx(1, abs=1e-3)
    assert prediction["predicted"] == int(np.argmax(probabilities))
    assert prediction["probability"] == max(probabilities), "one number, rounded once"


def test_a_report_knows_the_stages_as_they_ran(table: Dataset) -> None:
    reports = trained(make_plan(epochs=1), table)
    start = reports[0]
    assert isinstance(start, Start)
    stages = {stage["name"]: stage for stage in start.dataset["stages"]}
    assert stages["load"]["shape_out"] == "(1200, 10)"
    assert stages["split"]["shape_out"] == "(1000, 10) + (200, 10)"
    assert stages["scale"]["rows"][0][0] == pytest.approx(table.x_train[0][0], abs=1e-3)
    assert stages["train"]["shape_out"] == "(32, 2)"
    (evaluate,) = outcome(reports).stages
    assert evaluate["shape_out"] == "(200, 2)"
