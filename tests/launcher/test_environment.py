"""The first seconds of `make run`: a Python that cannot do it is told so in one line."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import LAST_RESORT
from tests.servers import ROOT

SCRIPT = ROOT / "scripts" / "install-uv.sh"


def refusal(folder: Path, python: str) -> str:
    """What the script says to this Python."""
    result = subprocess.run(
        [SCRIPT, python],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=LAST_RESORT,
    )
    assert result.returncode == 1
    return result.stderr


def stand_in(folder: Path, body: str) -> str:
    """A program in the place of Python."""
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize("version", ["2.7", "3.10", "3.14"])
def test_another_version_is_refused(tmp_path: Path, version: str) -> None:
    said = refusal(tmp_path, stand_in(tmp_path, f"echo {version}"))
    assert said.count("\n") == 1
    assert f"needs Python 3.11, 3.12 or 3.13, and {tmp_path}/python is {version}" in said
    assert not (tmp_path / ".tools").exists()


def test_no_python_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, "no-such-python")
    assert said.count("\n") == 1
    assert "there is no no-such-python" in said


def test_a_python_without_pip_and_ensurepip_is_refused(tmp_path: Path) -> None:
    without = f'case "$*" in *pip*) exit 1;; esac\nexec {sys.executable} "$@"'
    said = refusal(tmp_path, stand_in(tmp_path, without))
    assert said.count("\n") == 1
    assert "neither pip nor ensurepip" in said


def test_a_second_run_installs_nothing() -> None:
    """The stamps stand for what is installed: `make` finds nothing to do."""
    make = shutil.which("make")
    assert make
    if not (ROOT / ".venv" / "ready").exists():
        # As when somebody made it with another tool: then there are no stamps to be held to.
        pytest.skip("this environment was not made by `make`")
    result = subprocess.run(
        [make, "--question", "environment"], cwd=ROOT, check=False, timeout=LAST_RESORT
    )
    assert result.returncode == 0
