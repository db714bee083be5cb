"""What is reported of the weights, besides how far they moved."""

import base64
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from tests.engine.plans import digits_plan, make_plan
from training_jobs.engine import datasets
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.deltas import Kernels
from training_jobs.engine.fit import fit
from training_jobs.engine.plan import Plan
from training_jobs.engine.programs import program_for
from training_jobs.engine.progress import Epoch, Progress, Result, Start, Tick, Weights

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets._digits()


def trained(plan: Plan, data: Dataset) -> list[Progress]:
    reports: list[Progress] = []
    fit(plan, data, reports.append, lambda: False)
    return reports


def test_the_first_layer_is_folded_to_the_picture(digits: Dataset) -> None:
    reports = trained(digits_plan(epochs=2), digits)
    maps = [report for report in reports if isinstance(report, Weights)]
    assert [(drawn.epoch, drawn.layer, drawn.shape) for drawn in maps] == [
        (1, "hidden_1", (8, 8)),
        (1, "output", (64, 10)),
        (2, "hidden_1", (8, 8)),
        (2, "output", (64, 10)),
    ]


def test_a_map_gives_the_change_back(digits: Dataset) -> None:
    plan = digits_plan(epochs=1)
    program = program_for(plan, digits)
    kernels = Kernels(program, digits.x_train[:64])
    before = program.model.layers[-1].kernel.numpy()
    program.train(np.arange(640).reshape(20, 32), 0, 20)
    delta = program.model.layers[-1].kernel.numpy() - before
    drawn = list(kernels.snapshots(1, digits.shape))[-1]
    levels = np.frombuffer(base64.b64decode(drawn.data), np.int8).reshape(drawn.shape)
    np.testing.assert_allclose(levels * drawn.scale / 127, delta, atol=drawn.scale / 250)


@pytest.mark.parametrize("hidden", [[256, 256], []])
def test_a_map_stays_under_four_kilobytes(digits: Dataset, hidden: list[int]) -> None:
    reports = trained(digits_plan(epochs=1, hidden_units=hidden), digits)
    maps = [report for report in reports if isinstance(report, Weights)]
    assert len(maps) == len(hidden) + 1
    assert max(len(json.dumps(asdict(drawn))) for drawn in maps) < 4000


def test_the_share_that_moved_leaves_out_dead_inputs(digits: Dataset) -> None:
    (last,) = [report for report in trained(digits_plan(), digits) if isinstance(report, Result)]
    first_layer = last.layers[0]
    assert 0.5 < first_layer.moved < 1
    assert last.layers[1].moved > first_layer.moved


def test_the_first_layer_moves_behind_all_inputs_but_the_dead(digits: Dataset) -> None:
    reports = trained(digits_plan(validation_fraction=0.1), digits)
    start, drawn = reports[0], [one for one in reports if isinstance(one, Weights)]
    assert isinstance(start, Start)
    last = next(one for one in reversed(drawn) if one.layer == "hidden_1")
    still = np.frombuffer(base64.b64decode(last.data), np.int8) == 0
    assert start.dataset["dead_inputs"] == 5
    assert still.sum() >= 5


def test_the_first_batch_shows_rows_that_are_trained_on() -> None:
    table = datasets._tabular()
    plan = make_plan(batch_size=512, validation_fraction=0.5)
    reports = trained(plan, table)
    assert isinstance(reports[0], Start)
    assert reports[0].dataset["stages"][-1]["shape_in"].startswith("(500, 10)")


def test_histograms_count_every_weight(digits: Dataset) -> None:
    reports = trained(digits_plan(epochs=1), digits)
    start = reports[0]
    assert isinstance(start, Start)
    for layer in start.layers:
        assert layer.histogram is not None
        assert sum(layer.histogram.counts) == np.prod(layer.shape)
    ticks = [report for report in reports if isinstance(report, Tick)]
    assert all(layer.histogram is None for tick in ticks for layer in tick.layers)


def test_ticks_come_often_and_know_the_gradient(digits: Dataset) -> None:
    reports = trained(digits_plan(epochs=2), digits)
    ticks = [report for report in reports if isinstance(report, Tick)]
    assert len([tick for tick in ticks if tick.epoch <= 1]) >= 8
    assert all(tick.gradient_norm > 0 for tick in ticks)
    assert [tick.epoch for tick in ticks] == sorted(tick.epoch for tick in ticks)


def test_a_row_is_followed_at_each_epoch(digits: Dataset) -> None:
    reports = trained(digits_plan(epochs=2, watched_row=7), digits)
    epochs = [report for report in reports if isinstance(report, Epoch)]
    assert [epoch.prediction["row"] for epoch in epochs] == [7, 7]
    assert epochs[0].prediction["layers"] != epochs[1].prediction["layers"]


def test_the_untrained_network_is_asked_too_and_the_picture_sent_once(digits: Dataset) -> None:
    reports = trained(digits_plan(epochs=1, watched_row=7), digits)
    start = reports[0]
    assert isinstance(start, Start)
    assert start.prediction["row"] == 7
    picture = start.prediction["picture"]
    pixels = np.frombuffer(base64.b64decode(picture["data"]), np.uint8)
    assert picture["shape"] == [8, 8]
    np.testing.assert_allclose(pixels / 255, digits.x_test[7], atol=1 / 500)
    later = [report for report in reports if isinstance(report, Epoch | Result)]
    assert all("picture" not in report.prediction for report in later)


def test_a_table_has_no_picture() -> None:
    start = trained(make_plan(epochs=1), datasets.load("tabular", Path("nowhere")))[0]
    assert isinstance(start, Start)
    assert start.prediction["picture"] == {}


def test_layers_that_change_no_value_are_not_shown(digits: Dataset) -> None:
    plan = digits_plan(network="convolutional", hidden_units=[8], dropout=0.5, epochs=1)
    (last,) = [report for report in trained(plan, digits) if isinstance(report, Result)]
    names = [layer["name"] for layer in last.prediction["layers"]]
    assert names == ["input", "filters", "pool", "hidden_1", "output"]


def test_an_epoch_stays_small(digits: Dataset) -> None:
    plan = digits_plan(network="convolutional", hidden_units=[32], epochs=1)
    epochs = [report for report in trained(plan, digits) if isinstance(report, Epoch)]
    assert max(len(json.dumps(asdict(report))) for report in epochs) < 4096


def test_a_row_beyond_the_last_is_counted_round() -> None:
    table = datasets.load("tabular", Path("nowhere"))
    reports = trained(make_plan(epochs=1, watched_row=203), table)
    (last,) = [report for report in reports if isinstance(report, Result)]
    assert last.prediction["row"] == 3
