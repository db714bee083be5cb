"""The receipt of a run."""

import tomllib
from pathlib import Path

import pytest

from tests.engine.plans import make_plan
from tests.servers import ROOT
from training_jobs import receipts


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == receipts.VERSION


def test_it_names_all_that_a_repeat_needs() -> None:
    plan = make_plan()
    receipt = receipts.receipt_of(
        plan, data_name="tabular", data_title="t", data_digest="d", weights_digest="w"
    )
    assert receipt["plan"] == plan.as_json()
    assert (receipt["plan_sha256"], receipt["seed"]) == (plan.digest, plan.seed)
    assert receipt["data"] == {"name": "tabular", "title": "t", "sha256": "d"}
    assert receipt["weights_sha256"] == "w"
    assert receipt["compiled"] is True
    assert set(receipt["libraries"]) == {"tensorflow", "keras", "numpy"}
    assert all(number[0].isdigit() for number in receipt["libraries"].values())
    assert receipt["machine"]["cores"] >= 1
    assert receipt["machine"]["processor"]
    assert receipt["machine"]["system"]


def test_the_engines_digest_follows_its_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "ENGINE", tmp_path)
    digests = set()
    for content in ("a = 1", "a = 2"):
        (tmp_path / "fit.py").write_text(content)
        digests.add(receipts.engine_digest.__wrapped__())
    assert len(digests) == 2


def test_a_package_that_is_not_there_is_unknown() -> None:
    assert receipts._version_of("no-such-package-here") == "unknown"
