"""The build machine's script and the Makefile behind it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import servers
from tests.patience import LAST_RESORT
from tests.servers import ROOT

SCRIPT = ROOT / ".ci" / "run"
# The script's own needs; everything else it has to install.
FOUND = ("bash", "cat", "dirname", "env", "mktemp", "python3", "rm")
STUB = '#!/bin/sh\necho "$(basename "$0") $* CI=$CI" >>"{log}"\n'


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with next to nothing on it, whose apt-get and make only note what they are told."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in (*FOUND, "basename"):
        (programs / name).symlink_to(shutil.which(name) or name)
    for name in ("apt-get", "make"):
        (programs / name).write_text(STUB.format(log=tmp_path / "log"))
        (programs / name).chmod(0o755)
    return tmp_path


def test_it_installs_what_is_missing_and_then_runs_the_tests(bare: Path) -> None:
    environment = {"PATH": str(bare / "bin")}
    subprocess.run(
        [SCRIPT], env=environment, check=True, stdin=subprocess.DEVNULL, timeout=LAST_RESORT
    )
    update, install, make = (bare / "log").read_text().splitlines()
    assert update.startswith("apt-get update")
    assert {"redis-server", "chromium-headless-shell"} <= set(install.split())
    assert make == "make test CI=true"


def test_what_could_not_be_installed_is_told(bare: Path) -> None:
    (bare / "bin" / "apt-get").write_text("#!/bin/sh\necho no such package\nexit 100\n")
    result = subprocess.run(
        [SCRIPT],
        env={"PATH": str(bare / "bin")},
        check=False,
        capture_output=True,
        text=True,
        timeout=LAST_RESORT,
    )
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == "no such package"
    assert not (bare / "log").exists()  # no test was run


@pytest.mark.parametrize(
    "path", [".ci/run", "Makefile", "Dockerfile", "docker-compose.yml", "scripts/install-uv.sh"]
)
def test_no_registry_is_named(path: str) -> None:
    text = (ROOT / path).read_text()
    assert not re.search(r"pypi|pythonhosted|npmjs|index-url|registry\.", text)


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench", "vendor", "clean"])
def test_the_documented_targets_exist(target: str) -> None:
    make = shutil.which("make")
    assert make
    command = [make, "--dry-run", "--always-make", target]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=LAST_RESORT)


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without PostgreSQL and Chromium."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(servers, "POSTGRES_FOLDERS", "no/such/folder")


@pytest.mark.usefixtures("nothing_installed")
class TestLeftOut:
    """What `make test` says where something is missing."""

    def test_it_says_so_and_goes_on(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("CI", raising=False)
        assert servers.main(["with-postgres", "false"]) == 0
        assert servers.main(["left-out"]) == 0
        said = capsys.readouterr().out.splitlines()
        assert said == [servers.NO_POSTGRES, servers.NO_POSTGRES, servers.NO_CHROMIUM]

    def test_the_build_machine_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CI", "true")
        assert servers.main(["with-postgres", "true"]) == 1
        assert servers.main(["left-out"]) == 1


def test_nothing_is_said_where_nothing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(servers, "postgres_programs", lambda: Path("/somewhere"))
    monkeypatch.setattr(servers, "chromium", lambda: "/somewhere/chromium")
    assert servers.main(["left-out"]) == 0
    assert capsys.readouterr().out == ""
