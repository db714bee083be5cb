"""Compiled programs are kept, reset, and bounded."""

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.engine.plans import make_plan
from training_jobs.engine import datasets, networks, programs
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.programs import program_for

pytestmark = pytest.mark.engine


@pytest.fixture
def table() -> Iterator[Dataset]:
    programs.forget_all()
    yield datasets.load("tabular", Path("nowhere"))
    programs.forget_all()


def test_a_like_plan_finds_its_program_warm(table: Dataset) -> None:
    first = program_for(make_plan(), table)
    assert program_for(make_plan(seed=9, learning_rate=0.1, epochs=2), table) is first
    assert program_for(make_plan(hidden_units=[16]), table) is not first
    assert program_for(make_plan(optimizer="rmsprop"), table) is not first
    assert program_for(make_plan(compiled=False), table) is not first


def test_it_starts_each_time_with_the_seeds_weights(table: Dataset) -> None:
    program = program_for(make_plan(), table)
    program.train(np.arange(320).reshape(10, 32), 0, 10)
    plan = make_plan(seed=9, learning_rate=0.5)
    again = program_for(plan, table)
    fresh = networks.build(plan, table.shape, table.classes)
    for mine, theirs in zip(again.model.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert float(again.optimizer.learning_rate.numpy()) == 0.5
    assert int(again.optimizer.iterations.numpy()) == 0


def test_the_one_used_longest_ago_goes_first(
    table: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "MOST_PROGRAMS", 2)
    one, two, three = (make_plan(hidden_units=[units]) for units in (4, 5, 6))
    first, second = program_for(one, table), program_for(two, table)
    assert program_for(one, table) is first
    program_for(three, table)
    assert program_for(one, table) is first
    assert program_for(two, table) is not second


def test_a_convolution_reads_pictures() -> None:
    digits = datasets._digits()
    plan = make_plan(dataset="mnist", network="convolutional", hidden_units=[16], epochs=1)
    program = program_for(plan, digits)
    shapes = [tuple(weights.shape) for weights in program.model.get_weights()]
    assert shapes == [(3, 3, 1, 8), (8,), (72, 16), (16,), (16, 10), (10,)]
    before = program.measure_test()[0]
    program.train(np.arange(320).reshape(10, 32), 0, 10)
    assert program.measure_test()[0] < before


def test_programs_share_the_data(table: Dataset) -> None:
    one, two = (program_for(make_plan(hidden_units=[units]), table) for units in (4, 5))
    assert one.data is two.data
    held_out = program_for(make_plan(validation_fraction=0.25), table)
    assert held_out.data.x is one.data.x
    assert len(held_out.data.held_out_x) == 250
    programs.forget_all()
    del one, two, held_out
    gc.collect()
    assert not programs._shared


def test_no_warning_of_retracing(table: Dataset, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("tensorflow").addHandler(caplog.handler)
    for units in range(4, 12):
        program_for(make_plan(hidden_units=[units], compiled=False), table).measure_test()
    assert "retracing" not in caplog.text
