"""The supervisor with small children: ready, stopped, killed, and its children's deaths."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.ports import free_port
from tests.launcher.helpers import (
    READY,
    STANDIN,
    command_line,
    environment,
    launched,
    processes_of,
    wait_until_none,
    worker_pids,
)
from tests.launcher.standin import (
    GIVEN_UP,
    GRACE,
    PATIENCE,
    PREPARE,
    SAME_REQUEST,
    WEB,
    WORKER,
)
from tests.patience import LAST_RESORT
from tests.servers import Process, process

pytestmark = pytest.mark.launcher
AT_ONCE = "Ending the worker at once."


def test_the_address_is_the_last_thing_said(tmp_path: Path) -> None:
    environ = environment(tmp_path)
    with launched(environ) as launcher:
        lines = launcher.output().splitlines()
    ready = next(line for line in lines if line.startswith(READY))
    assert ready == f"{READY}http://127.0.0.1:{environ['PORT']}/  (Ctrl-C stops it)"
    # The children go on writing; of the launcher's own lines it is the last.
    assert ready == [line for line in lines if " | " not in line][-1]
    said = [line for line in lines if line.startswith(("Started the broker", "prepare", "The wor"))]
    assert [line[:7] for line in said] == ["Started", "prepare", "The wor"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_temporary_files_end_with_the_platform(tmp_path: Path, number: signal.Signals) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with launched(environment(tmp_path / "data", TMPDIR=str(temporary))) as launcher:
        (scratch,) = temporary.iterdir()
        (scratch / "generated.py").touch()
        launcher.popen.send_signal(number)
        launcher.exit_code()
        assert wait_until_none(tmp_path / "data") == []
    assert list(temporary.iterdir()) == []


def wait_for_everybody(launcher: Process, data: Path) -> None:
    """Launcher, guard, broker, sweep, worker, trainer and web."""
    launcher.wait_for(lambda: len(processes_of(data)) == 7, "not all seven processes started")


@pytest.fixture
def hangups_heard() -> Iterator[None]:
    """As in a terminal: under `nohup` every child ignores them, and the launcher keeps to that."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hangups_heard")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_no_child(tmp_path: Path, number: signal.Signals) -> None:
    with launched(environment(tmp_path)) as launcher:
        wait_for_everybody(launcher, tmp_path)
        launcher.popen.send_signal(number)
        assert launcher.exit_code() == 0
        assert processes_of(tmp_path) == []


def test_a_signal_that_comes_twice_at_once_is_one_request(tmp_path: Path) -> None:
    """As when a whole group is signalled and `make` hands its own signal on."""
    with launched(environment(tmp_path, **{WORKER: "stubborn", SAME_REQUEST: "900"})) as launcher:
        worker_pids(launcher)
        launcher.popen.send_signal(signal.SIGTERM)
        launcher.wait_for_line("Stopping ...")
        launcher.popen.send_signal(signal.SIGTERM)
        assert launcher.exit_code() == 0
        assert AT_ONCE not in launcher.output()


def test_a_second_request_does_not_wait(tmp_path: Path) -> None:
    # A grace above the last resort: a launcher that waited for it would fail the test.
    stubborn = {WORKER: "stubborn", SAME_REQUEST: "0", GRACE: str(4 * LAST_RESORT)}
    with launched(environment(tmp_path, **stubborn)) as launcher:
        wait_for_everybody(launcher, tmp_path)
        launcher.popen.send_signal(signal.SIGINT)
        launcher.wait_for_line("Stopping ...")
        launcher.popen.send_signal(signal.SIGINT)
        assert launcher.exit_code() == 0
        assert AT_ONCE in launcher.output()
        assert processes_of(tmp_path) == []


def test_a_child_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    with launched(environment(tmp_path, **{WORKER: "stubborn"})) as launcher:
        wait_for_everybody(launcher, tmp_path)
        launcher.popen.send_signal(signal.SIGINT)
        assert launcher.exit_code() == 0
        assert processes_of(tmp_path) == []


def test_a_launcher_that_is_killed_takes_its_children_along(tmp_path: Path) -> None:
    with launched(environment(tmp_path, **{WORKER: "stubborn"})) as launcher:
        wait_for_everybody(launcher, tmp_path)
        launcher.popen.kill()
        launcher.popen.wait()
        assert wait_until_none(tmp_path) == []


def test_a_worker_that_died_is_started_again(tmp_path: Path) -> None:
    with launched(environment(tmp_path)) as launcher:
        worker, trainer = worker_pids(launcher)
        os.kill(worker, signal.SIGKILL)
        launcher.wait_for_line("The worker process ended (killed by SIGKILL); starting it again")
        launcher.wait_for(lambda: worker_pids(launcher)[0] != worker, "no new worker")
        assert trainer not in processes_of(tmp_path)
        assert launcher.popen.poll() is None


def test_a_worker_that_keeps_dying_stops_the_platform(tmp_path: Path) -> None:
    with process(STANDIN, env=environment(tmp_path, **{WORKER: "dies"})) as launcher:
        assert launcher.exit_code() == 1
        lines = launcher.output().splitlines()
    assert sum("starting it again" in line for line in lines) == 2
    assert lines[-1] == "The worker process ended (exit code 5); Weightwise stops."
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("victim", ["standin web", "-server 127.0.0.1:"])
def test_the_platform_does_not_go_on_without(tmp_path: Path, victim: str) -> None:
    with launched(environment(tmp_path)) as launcher:
        os.kill(pid_of(tmp_path, victim), signal.SIGKILL)
        assert launcher.exit_code() == 1
        assert launcher.output().rstrip().endswith("Weightwise stops.")
    assert processes_of(tmp_path) == []


def pid_of(data: Path, words: str) -> int:
    """The one process of the platform with these words on its command line."""
    lines = {pid: command_line(pid) for pid in processes_of(data)}
    return next(pid for pid, line in lines.items() if words in line)


def test_a_failed_preparation_ends_the_start(tmp_path: Path) -> None:
    with process(STANDIN, env=environment(tmp_path, **{PREPARE: "fails"})) as launcher:
        assert launcher.exit_code() == 1
        assert "failed (exit code 3)" in launcher.output().splitlines()[-1]
    assert processes_of(tmp_path) == []


STILL = "The web server is still starting, after "


def test_a_web_server_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    sign = tmp_path / "answer"
    late = environment(tmp_path, **{WEB: str(sign), PATIENCE: "0.2"})
    with process(STANDIN, env=late) as launcher:
        launcher.wait_for(
            lambda: launcher.output().count(STILL) > 3, "did not say what it waits for"
        )
        assert READY not in launcher.output()
        sign.touch()
        launcher.wait_for_line(READY)


def test_a_web_server_that_never_answers_is_given_up(tmp_path: Path) -> None:
    never = {WEB: str(tmp_path / "never"), PATIENCE: "0.2", GIVEN_UP: "1"}
    with process(STANDIN, env=environment(tmp_path, **never)) as launcher:
        assert launcher.exit_code() == 1
        assert "The web server did not answer within 0 minutes." in launcher.output()
    assert processes_of(tmp_path) == []


def test_a_web_server_that_ends_while_it_is_waited_for_is_heard_of(tmp_path: Path) -> None:
    never = environment(tmp_path, **{WEB: str(tmp_path / "never"), PATIENCE: "0.2"})
    with process(STANDIN, env=never) as launcher:
        launcher.wait_for_line(STILL)
        os.kill(pid_of(tmp_path, "standin web"), signal.SIGKILL)
        assert launcher.exit_code() == 1
        assert "The web process ended (killed by SIGKILL)" in launcher.output()
    assert processes_of(tmp_path) == []


def test_a_taken_port_gives_one_line(tmp_path: Path) -> None:
    port = free_port()
    first = environment(tmp_path / "first", PORT=str(port))
    second = environment(tmp_path / "second", PORT=str(port))
    with launched(first), process(STANDIN, env=second) as launcher:
        assert launcher.exit_code() == 1
        assert launcher.output() == (
            f"Port {port} is taken by another program. Stop that one, or choose another port: "
            f"PORT={port + 1} make run\n"
        )
    assert not (tmp_path / "second").exists()
