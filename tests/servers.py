"""Real servers for tests, and the programs that tests need: found, started, and ended for good.

As a command it runs another one beside a PostgreSQL server (`with-postgres pytest ...`), and says
what the test run had to leave out (`left-out`).
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from launcher.broker import configuration, find_server
from launcher.guard import Guard, signal_group
from launcher.ports import free_port
from launcher.readiness import broker_answers
from tests.patience import LAST_RESORT, happens

__all__ = [
    "NO_CHROMIUM",
    "NO_POSTGRES",
    "ROOT",
    "NotReady",
    "Postgres",
    "Process",
    "Redis",
    "chromium",
    "end",
    "free_port",
    "in_ci",
    "left_out",
    "postgres_programs",
    "postgres_server",
    "process",
    "redis_server",
]

ROOT = Path(__file__).resolve().parent.parent
NO_POSTGRES = "Left out: every test on PostgreSQL, because no server is installed."
NO_CHROMIUM = "Left out: the browser tests, because Chromium is not installed."
# The first is the same engine without the windows that nobody sees, which cost half of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
POSTGRES_FOLDERS = "/usr/lib/postgresql/*/bin"
# Durability is for data that somebody will miss.
POSTGRES_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class NotReady(AssertionError):
    """A server that did not come up; the text holds its output."""


@dataclass(frozen=True)
class Process:
    """A started program, with all that it wrote."""

    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """Its process id, which is also the number of its group."""
        return self.popen.pid

    def output(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(errors="replace")

    def wait_for(self, probe: Callable[[], bool], what: str) -> None:
        """Wait until the probe says yes; the program's death or the last resort is a failure."""
        if not happens(probe, hopeless=lambda: self.popen.poll() is not None):
            raise NotReady(f"{what} (exit code {self.popen.poll()}):\n{self.output()}")

    def wait_for_line(self, text: str) -> None:
        """Wait until it wrote this."""
        self.wait_for(lambda: text in self.output(), f"never wrote {text!r}")

    def exit_code(self) -> int:
        """How it ended; waits for that."""
        return self.popen.wait(LAST_RESORT)


@dataclass(frozen=True)
class Redis:
    """A running broker."""

    process: Process
    port: int
    password: str

    @property
    def url(self) -> str:
        """The address with its password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


@cache
def _guard() -> Guard:
    """Ends what a killed test run left behind."""
    return Guard()


@contextmanager
def process(
    command: Sequence[str],
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
    grace: float = 10,
) -> Iterator[Process]:
    """A program in a process group of its own, asked to stop and then ended at the block's end."""
    with tempfile.TemporaryDirectory(prefix="ww-log-") as folder:
        log = Path(folder, "output")
        started = Process(_popen(command, cwd, env, user, log, stdin is not None), log)
        _guard().watch(started.pid)
        try:
            _feed(started.popen, stdin)
            yield started
        finally:
            end(started, stop, grace)


def _popen(
    command: Sequence[str],
    cwd: Path,
    env: Mapping[str, str] | None,
    user: str | None,
    log: Path,
    with_stdin: bool,
) -> subprocess.Popen[bytes]:
    account = pwd.getpwnam(user) if user else None
    with log.open("wb") as output:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.PIPE if with_stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )


def _feed(popen: subprocess.Popen[bytes], text: str | None) -> None:
    if popen.stdin is not None and text is not None:
        popen.stdin.write(text.encode())
        popen.stdin.close()


def end(started: Process, stop: signal.Signals = signal.SIGTERM, grace: float = 10) -> None:
    """Ask it to stop, then kill whatever is left of its group."""
    if started.popen.poll() is None:
        started.popen.send_signal(stop)
    with suppress(subprocess.TimeoutExpired):
        started.popen.wait(grace)
    signal_group(started.pid, signal.SIGKILL)
    started.popen.wait()
    _guard().forget(started.pid)


@contextmanager
def redis_server(port: int | None = None, password: str = "") -> Iterator[Redis]:
    """A real broker on loopback with a random password, or the ones that another one had."""
    port, password = port or free_port(), password or secrets.token_urlsafe(12)
    with (
        tempfile.TemporaryDirectory(prefix="ww-redis-") as folder,
        process(
            [find_server(), "-"], cwd=Path(folder), stdin=configuration(port, password)
        ) as started,
    ):
        redis = Redis(started, port, password)
        started.wait_for(lambda: broker_answers(redis.url), "the broker did not answer")
        yield redis


class Postgres:
    """A real PostgreSQL with an empty database, which can be lost and comes back with its data."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack, self.programs, self.user = stack, require_postgres(), postgres_user()
        # A socket's path may not be longer than 107 bytes, and a TMPDIR can be.
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="ww-pg-", dir="/tmp"))
        self.folder = Path(name)
        self.url = f"postgres://weightwise@/{name}/postgres"
        if self.user:
            shutil.chown(self.folder, self.user)
        _initdb(self.programs, self.folder, self.user)
        self.start()

    def start(self) -> None:
        command, folder = _postgres(self.programs, self.folder), self.folder
        self.process = self.stack.enter_context(
            process(command, cwd=folder, user=self.user, stop=signal.SIGINT)
        )
        self.process.wait_for(lambda: _accepts(self.programs, folder), "PostgreSQL did not answer")

    def lose(self) -> None:
        """Stops it as `pg_ctl restart` does: whoever is connected is cut off."""
        end(self.process, signal.SIGINT)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL with an empty database; gives the DATABASE_URL of its socket."""
    with ExitStack() as stack:
        yield Postgres(stack).url


def _initdb(programs: Path, folder: Path, user: str | None) -> None:
    options = ["--username=weightwise", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    command = [str(programs / "initdb"), *options, "--no-sync", "--pgdata", str(folder / "data")]
    with process(command, cwd=folder, user=user) as initdb:
        if initdb.exit_code():
            raise NotReady(f"initdb failed:\n{initdb.output()}")


def _postgres(programs: Path, folder: Path) -> list[str]:
    options = [part for option in POSTGRES_OPTIONS for part in ("-c", option)]
    where = ["-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses="]
    return [str(programs / "postgres"), *where, *options]


def _accepts(programs: Path, folder: Path) -> bool:
    command = [str(programs / "pg_isready"), "--quiet", "--host", str(folder)]
    return subprocess.run(command, check=False).returncode == 0


def postgres_user() -> str | None:
    """PostgreSQL refuses to run as root: somebody else to run it as."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs: on PATH, else Debian's newest, which is not."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    folders = sorted(Path("/").glob(POSTGRES_FOLDERS.lstrip("/")), key=_version)
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


def require_postgres() -> Path:
    """The folder of PostgreSQL's programs, or a failure that says what to do."""
    programs = postgres_programs()
    if programs is None:
        raise NotReady("There is no PostgreSQL server here (on Debian: apt install postgresql).")
    return programs


def chromium() -> str | None:
    """The browser that browser tests drive."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def left_out() -> list[str]:
    """What a test run on this machine cannot cover, in sentences."""
    missing = []
    if postgres_programs() is None:
        missing.append(NO_POSTGRES)
    if chromium() is None:
        missing.append(NO_CHROMIUM)
    return missing


def in_ci() -> bool:
    """On the build machine nothing may be left out."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def with_postgres(command: Sequence[str]) -> int:
    """Run a command with DATABASE_URL of a fresh server; without a server, say so."""
    if postgres_programs() is None:
        sys.stdout.write(f"{NO_POSTGRES}\n")
        return 1 if in_ci() else 0
    with postgres_server() as url:
        environment = os.environ | {"DATABASE_URL": url}
        return subprocess.run(command, check=False, env=environment).returncode


def main(arguments: Sequence[str]) -> int:
    """`with-postgres COMMAND...` or `left-out`."""
    match arguments:
        case ["with-postgres", *command] if command:
            return with_postgres(command)
        case ["left-out"]:
            sys.stdout.writelines(f"{sentence}\n" for sentence in left_out())
            return 1 if left_out() and in_ci() else 0
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
