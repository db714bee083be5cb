"""Starting a launcher for a test, and finding every process that it left."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.ports import free_port
from tests.patience import happens
from tests.servers import ROOT, Process, process

STANDIN = (sys.executable, "-m", "tests.launcher.standin")
READY = "Weightwise is ready: "
WORKER_TOLD = " with trainer "
OVERRIDES = (
    "DATABASE_URL",
    "REDIS_URL",
    "WEIGHTWISE_HOST",
    "WEIGHTWISE_DATASETS",
    "DJANGO_SETTINGS_MODULE",
)


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a launcher that has a folder and a port of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in OVERRIDES}
    return kept | {"WEIGHTWISE_DATA": str(data), "PORT": str(free_port())} | more


@contextmanager
def launched(
    environ: dict[str, str], command: tuple[str, ...] = STANDIN, cwd: Path = ROOT
) -> Iterator[Process]:
    """A launcher that has said that the platform is ready."""
    with process(command, cwd=cwd, env=environ, grace=30) as launcher:
        launcher.wait_for_line(READY)
        yield launcher


def processes_of(data: Path) -> list[int]:
    """Every living process that has to do with this data folder, wherever it hangs."""
    return [pid for pid in all_pids() if belongs_to(pid, data)]


def belongs_to(pid: int, data: Path) -> bool:
    """Its environment names the folder; Redis overwrites that, but works inside the folder."""
    try:
        inside = Path(f"/proc/{pid}/cwd").readlink().is_relative_to(data)
    except OSError:
        return False
    return inside or f"WEIGHTWISE_DATA={data}".encode() in environment_of(pid)


def all_pids() -> list[int]:
    """All processes of this machine (Linux)."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def environment_of(pid: int) -> list[bytes]:
    """A process's environment; empty for one that has just ended, and for a zombie."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def command_line(pid: int) -> str:
    """A process's command line, as `ps` shows it to everybody on the machine."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def wait_until_none(data: Path) -> list[int]:
    """Wait for the last process of this data folder to end; returns those that did not."""
    happens(lambda: not processes_of(data))
    return processes_of(data)


def worker_pids(launcher: Process) -> tuple[int, int]:
    """The stand-in worker and its trainer, as the last of them told."""
    launcher.wait_for_line(WORKER_TOLD)  # the platform may be ready before
    line = next(line for line in reversed(launcher.output().splitlines()) if WORKER_TOLD in line)
    words = line.split()
    return int(words[-4]), int(words[-1])
