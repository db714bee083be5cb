"""Real workers, sweeps and web servers on the test's own database, to be ill-treated."""

import os
import secrets
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import redis
from django.db import connection

from accounts.models import Learner
from launcher.broker import configuration, find_server
from launcher.guard import signal_group
from launcher.ports import free_port
from launcher.readiness import broker_answers, web_answers
from tests import servers
from tests.faults.web import database_url
from tests.patience import LAST_RESORT, eventually
from tests.training_jobs.factories import make_experiment
from training_jobs import services
from training_jobs.models import Experiment, Run
from training_jobs.queries import events_after

LEASE = 3
# Three signs of life, so that one may be late.
FRESH = 6
# A few seconds of training in many epochs, on a table that every machine can make.
LONG_PLAN: dict[str, Any] = {
    "dataset": "tabular",
    "hidden_units": [256, 256, 256],
    "activation": "relu",
    "optimizer": "adam",
    "learning_rate": 0.001,
    "batch_size": 8,
    "epochs": 40,
    "seed": 3,
    "compiled": False,
}
OPTIONS = "--pool prefork --concurrency 1 --loglevel info --without-gossip --without-mingle"


def environment(redis_url: str, **more: object) -> dict[str, str]:
    """The environment of every process of the house, where what is lost is soon missed."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "PYTHONUNBUFFERED": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "WEIGHTWISE_RUN_LEASE_SECONDS": str(LEASE),
        "WEIGHTWISE_SWEEP_SECONDS": "0.3",
        "WEIGHTWISE_WORKER_FRESH_SECONDS": str(FRESH),
        **{name: str(value) for name, value in more.items()},
    }


class Broker:
    """A broker that can be lost with all it holds, and comes back at the same address."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.port, self.password = free_port(), secrets.token_urlsafe(12)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        self.folder = Path(stack.enter_context(TemporaryDirectory(prefix="ww-redis-")))
        self.start()

    def start(self) -> None:
        text = configuration(self.port, self.password)
        self.process = self.stack.enter_context(
            servers.process([find_server(), "-"], cwd=self.folder, stdin=text)
        )
        self.process.wait_for(lambda: broker_answers(self.url), "the broker did not answer")

    def lose(self) -> None:
        """SHUTDOWN NOSAVE: what was queued in it is gone."""
        with self.client() as client:
            client.shutdown(nosave=True)
        self.process.exit_code()

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


@dataclass(frozen=True)
class Trainer:
    """A Celery worker; its one child trains."""

    process: servers.Process
    name: str

    def wait_until_ready(self, times: int = 1) -> None:
        """Until its child, or the so many-th in its place, has warmed up."""

        def ready() -> bool:
            return self.process.output().count("trainer_ready") >= times

        self.process.wait_for(ready, "never was ready")

    @property
    def child(self) -> int:
        """The process that holds TensorFlow."""
        [pid] = children(self.process.pid)
        return pid

    def stop(self) -> None:
        """Stops both processes between two writes: SQLite knows no lock that times out.

        Also when its child, which gives way once it has grown, is just ending or not there yet.
        """
        while True:
            signal_group(self.process.pid, signal.SIGSTOP)
            if is_writable():
                return
            self.go_on()
            time.sleep(0.01)

    def go_on(self) -> None:
        signal_group(self.process.pid, signal.SIGCONT)


def database_file() -> str:
    return str(connection.settings_dict["NAME"])


def is_writable() -> bool:
    """Whether nobody holds the lock of the SQLite file."""
    with closing(sqlite3.connect(database_file(), timeout=0)) as own:
        try:
            own.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        own.rollback()
        return True


@contextmanager
def locked_database() -> Iterator[sqlite3.Connection]:
    """Holds SQLite's one write lock; `rollback` on what it gives lets go of it early."""
    options: Any = {"timeout": LAST_RESORT, "check_same_thread": False, "isolation_level": None}
    with closing(sqlite3.connect(database_file(), **options)) as own:
        own.execute("BEGIN IMMEDIATE")
        yield own


@contextmanager
def trainer(
    redis_url: str, name: str = "one", *, grace: float = 15, **more: object
) -> Iterator[Trainer]:
    """A worker that is starting; at the block's end it is given so long to leave by itself."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", *OPTIONS.split()]
    named = f"{name}@house"
    with servers.process(
        [*command, "-n", named], env=environment(redis_url, **more), grace=grace
    ) as process:
        yield Trainer(process, named)


@contextmanager
def sweep(redis_url: str, **more: object) -> Iterator[servers.Process]:
    command = [sys.executable, "manage.py", "sweep"]
    with servers.process(command, env=environment(redis_url, **more)) as process:
        yield process


@contextmanager
def web(redis_url: str, **more: object) -> Iterator[str]:
    """A web server that answers; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--no-proxy-headers"]
    command += ["--port", str(port)]
    with servers.process(command, env=environment(redis_url, **more)) as process:
        process.wait_for(lambda: web_answers(f"{address}/"), "the web server did not answer")
        yield address


def children(pid: int) -> list[int]:
    """The child processes of a process (Linux)."""
    processes = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [int(process.name) for process in processes if parent_of(process) == pid]


def parent_of(process: Path) -> int | None:
    try:
        # The name in parentheses may hold spaces; what follows it may not.
        state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:  # it has just ended
        return None
    return None if state == "Z" else int(parent)


@dataclass
class History:
    """A run as the database has it now."""

    run: Run
    events: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, run: Run) -> "History":
        return cls(Run.objects.get(id=run.id), events_after(run.id, 0))

    def named(self, name: str) -> list[dict[str, Any]]:
        return [data for _, found, data in self.events if found == name]

    @property
    def states(self) -> list[str]:
        return [data["state"] for data in self.named("status")]

    @property
    def digest(self) -> str:
        """The sha256 of the final weights."""
        [result] = self.named("result")
        return str(result["weights_digest"])


def long_experiment(**changes: Any) -> Experiment:
    return make_experiment(f"long-{uuid4()}", plan={**LONG_PLAN, **changes})


def ask(experiment: Experiment | None = None) -> Run:
    """A run that waits in the queue, of a learner of its own, always with the same seed."""
    learner = Learner.objects.create()
    return services.request_run(
        experiment or long_experiment(), learner, key=str(uuid4()), seed=LONG_PLAN["seed"]
    )


def epochs_kept(run: Run) -> int:
    return Run.objects.get(id=run.id).checkpoint_epoch


def wait_for_checkpoint(run: Run, above: int = 0) -> None:
    """Until the run could go on from an epoch after this one, and still is in training."""
    eventually(lambda: epochs_kept(run) > above, "no checkpoint was kept")
    assert Run.objects.get(id=run.id).state == Run.State.RUNNING, "the run was over too soon"


def ended(run: Run) -> History:
    """The run's history once it has ended; numbered without gaps, and with one end."""
    eventually(lambda: not Run.objects.get(id=run.id).is_active, f"{run} did not end")
    history = History.of(run)
    assert [seq for seq, _, _ in history.events] == list(range(1, len(history.events) + 1))
    assert history.run.last_seq == len(history.events)
    assert history.events[-1][1] == "end"
    assert len(history.named("end")) == 1
    return history


def check_points(history: History) -> None:
    """Points go on where the history says, step by step: nothing of a lost worker is between."""
    at = 0.0
    for _, name, data in history.events:
        if name == "rewind":
            at = data["epoch"]
        elif name == "tick":
            assert at < data["epoch"] <= at + 1, (at, data["epoch"])
        elif name == "epoch":
            assert data["epoch"] == round(at) + 1, (at, data["epoch"])
            at = data["epoch"]
