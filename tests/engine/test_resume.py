"""A training goes on from a checkpoint as if it had never stopped."""

from pathlib import Path

import pytest

from tests.engine.plans import make_plan
from training_jobs.engine import datasets
from training_jobs.engine.checkpoints import Checkpoint, CheckpointError
from training_jobs.engine.fit import fit
from training_jobs.engine.plan import Plan
from training_jobs.engine.progress import Progress, Result, Start, Tick

pytestmark = pytest.mark.engine


def trained(plan: Plan, resume: Checkpoint | None = None) -> list[Progress]:
    reports: list[Progress] = []
    data = datasets.load("tabular", Path("nowhere"))
    fit(plan, data, reports.append, lambda: False, resume)
    return reports


def result(reports: list[Progress]) -> Result:
    last = reports[-1]
    assert isinstance(last, Result)
    return last


def checkpoints(reports: list[Progress]) -> list[Checkpoint]:
    return [report for report in reports if isinstance(report, Checkpoint)]


# What an optimizer remembers is kept alike, whether or not the program is compiled.
@pytest.mark.parametrize(
    ("optimizer", "compiled"),
    [("sgd", True), ("adam", True), ("adam", False), ("rmsprop", False)],
)
def test_it_ends_with_the_same_weights(optimizer: str, compiled: bool) -> None:
    plan = make_plan(epochs=3, optimizer=optimizer, compiled=compiled, dropout=0.2)
    whole = trained(plan)
    saved = Checkpoint.from_bytes(checkpoints(whole)[0].to_bytes())
    rest = trained(plan, saved)
    assert result(rest).weights_digest == result(whole).weights_digest
    assert result(rest).test_accuracy_before == result(whole).test_accuracy_before
    assert not any(isinstance(report, Start) for report in rest)
    first = rest[0]
    assert isinstance(first, Tick)
    assert 1 < first.epoch < 2
    assert first.step > saved.step


def test_a_checkpoint_after_the_last_epoch_leaves_only_the_result() -> None:
    plan = make_plan(epochs=2)
    whole = trained(plan)
    rest = trained(plan, checkpoints(whole)[-1])
    assert len(rest) == 1
    assert result(rest).weights_digest == result(whole).weights_digest


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_cut_off_bytes_are_refused(cut: int) -> None:
    packed = checkpoints(trained(make_plan(epochs=1)))[0].to_bytes()
    with pytest.raises(CheckpointError, match="cannot be read"):
        Checkpoint.from_bytes(packed[:cut])


def test_another_networks_checkpoint_is_refused() -> None:
    saved = checkpoints(trained(make_plan(epochs=1, hidden_units=[8])))[0]
    with pytest.raises(CheckpointError, match="another network"):
        trained(make_plan(epochs=2), saved)
