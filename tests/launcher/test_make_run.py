"""`make run` itself: the real platform, stopped and killed in the ways that people do it."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from launcher.readiness import page, trainers
from tests.launcher.helpers import (
    command_line,
    environment,
    launched,
    processes_of,
    wait_until_none,
)
from tests.servers import Process, free_port

pytestmark = [pytest.mark.launcher, pytest.mark.engine]
MAKE_RUN = (shutil.which("make") or "make", "run")


def make_environment(data: Path) -> dict[str, str]:
    """As from a shell: nothing of the `make test` that we may be part of."""
    given = environment(data, PORT=str(free_port()))
    return {name: value for name, value in given.items() if not name.startswith("MAKE")}


def wait_for_trainer(launcher: Process, data: Path) -> None:
    """Celery's child, which loads TensorFlow, is a grandchild of the launcher."""
    launcher.wait_for(lambda: len(workers(data)) == 2, "the worker has no trainer")


def workers(data: Path) -> list[int]:
    """The worker and its trainer."""
    return [pid for pid in processes_of(data) if " worker " in command_line(pid)]


def test_ctrl_c_leaves_no_child_and_the_second_start_installs_nothing(tmp_path: Path) -> None:
    environ = make_environment(tmp_path)
    address = f"http://127.0.0.1:{environ['PORT']}/"
    with launched(environ, MAKE_RUN) as launcher:
        assert "Demo account: teacher / " in launcher.output()
        wait_for_trainer(launcher, tmp_path)
        # A terminal sends it to the whole foreground group, `make` included.
        os.killpg(launcher.pid, signal.SIGINT)
        launcher.exit_code()
        assert processes_of(tmp_path) == []
    with launched(environ, MAKE_RUN) as launcher:
        assert b"<html" in (page(address) or b"")
        assert trainers(address).registered
        assert "Installing" not in launcher.output()
        assert "Demo account" not in launcher.output()


def test_a_killed_launcher_leaves_no_child(tmp_path: Path) -> None:
    with launched(make_environment(tmp_path), MAKE_RUN) as launcher:
        wait_for_trainer(launcher, tmp_path)
        os.kill(launcher_pid(tmp_path), signal.SIGKILL)
        assert wait_until_none(tmp_path) == []


def test_a_killed_make_leaves_no_child(tmp_path: Path) -> None:
    with launched(make_environment(tmp_path), MAKE_RUN) as launcher:
        wait_for_trainer(launcher, tmp_path)
        launcher.popen.kill()
        assert wait_until_none(tmp_path) == []


def launcher_pid(data: Path) -> int:
    """The launcher below `make`."""
    return next(pid for pid in processes_of(data) if "-m launcher" in command_line(pid))
