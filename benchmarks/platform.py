"""The whole platform on data of its own: the commands that `make run` starts, and their processes.

A benchmark runs in a process of its own and starts at most one platform; this process then shares
its database.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from launcher import platform as commands
from launcher.broker import start_broker
from launcher.console import Console
from launcher.guard import Guard
from launcher.ports import free_port
from launcher.processes import Child, Workshop
from launcher.readiness import trainers, wait_until, web_answers
from launcher.settings import Settings, child_environment, read_settings

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0


@dataclass
class Platform:
    """The running processes, and where the web server listens."""

    workshop: Workshop
    address: str
    port: int
    web: Child
    worker: Child

    def restart_worker(self) -> None:
        """A worker just started, cold; the one before has ended."""
        stop(self.worker)
        self.worker = Child(commands.worker(), self.workshop)

    def wait_until_idle(self) -> None:
        """Until a worker is warm and no run is queued or running."""
        from training_jobs.models import Run  # noqa: PLC0415  (after Django is set up)

        def idle() -> bool:
            active = Run.objects.filter(state__in=Run.ACTIVE).exists()
            return trainers(self.address).warm and not active

        require(idle, "The worker did not come to rest")


def require(probe: Callable[[], bool], complaint: str) -> None:
    """Waits for it; raises RuntimeError with the complaint after three minutes."""
    if not wait_until(probe, PATIENCE, lambda: None):
        raise RuntimeError(f"{complaint} within {PATIENCE:.0f} s.")


def stop(child: Child) -> None:
    """Asks it to stop and then ends what is left of its group."""
    child.ask_to_stop()
    child.wait(child.service.grace)
    child.end()


@contextmanager
def workshop(database_url: str = "") -> Iterator[tuple[Workshop, Settings]]:
    """A database and a broker of our own, which Django in this process uses from now on.

    The database is a new SQLite file unless its URL is given.
    """
    _allow_many_files()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ww-bench-")))
        console = Console(stack.enter_context((data / "log").open("w")))
        guard = Guard()
        stack.callback(guard.close)
        # All visitors of a benchmark come from one address.
        for what in ("GUESTS", "RUNS", "ATTEMPTS"):
            os.environ[f"WEIGHTWISE_ADDRESS_{what}_AN_HOUR"] = "100000"
        given = {"WEIGHTWISE_DATA": str(data), "PORT": str(free_port())}
        settings = read_settings(os.environ | given | {"REDIS_URL": ""}, ROOT)
        os.environ["WEIGHTWISE_DATA"] = str(data)
        os.environ.pop("DATABASE_URL", None)
        if database_url:
            os.environ["DATABASE_URL"] = database_url
        made = Workshop(ROOT, dict(os.environ), console, guard)
        broker = start_broker(made, data / "broker", lambda: None)
        stack.callback(broker.child.end)
        environment = child_environment(settings, broker.url, str(data))
        os.environ.update(environment)
        made = Workshop(ROOT, environment, console, guard)
        _prepare(made)
        yield made, settings


def _prepare(made: Workshop) -> None:
    prepare = [sys.executable, "manage.py", "prepare"]
    subprocess.run(prepare, cwd=ROOT, env=dict(made.environment), check=True, capture_output=True)
    import django  # noqa: PLC0415  (only now does the environment say which database)

    django.setup()


def _allow_many_files() -> None:
    """A thousand viewers are a thousand open files in the web process."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass(frozen=True)
class WebServer:
    """A web process on its own: where it listens, its process, and its environment."""

    port: int
    pid: int
    environment: Mapping[str, str]


@contextmanager
def web_server(database_url: str) -> Iterator[WebServer]:
    """One web process, as the platform starts it, on a prepared database of its own."""
    with workshop(database_url) as (made, settings):
        web = Child(commands.web(settings), made)
        try:
            require(lambda: web_answers(settings.address), "The web server did not answer")
            yield WebServer(settings.port, web.pid, made.environment)
        finally:
            stop(web)


@contextmanager
def running_platform() -> Iterator[Platform]:
    """Every process of the platform, warm and idle: the reference runs are done."""
    with workshop() as (made, settings), ExitStack() as stack:
        sweep, worker = Child(commands.sweep(), made), Child(commands.worker(), made)
        web = Child(commands.web(settings), made)
        running = Platform(made, settings.address, settings.port, web, worker)
        stack.callback(stop, sweep)
        stack.callback(lambda: stop(running.worker))  # not the first one, after a restart
        stack.callback(stop, web)
        require(lambda: web_answers(settings.address), "The web server did not answer")
        running.wait_until_idle()
        yield running


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
