"""Database and broker are restarted, or answer nonsense: workers come back by themselves."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
import redis

from launcher.readiness import page
from tests import servers
from tests.faults import house
from tests.faults.house import Broker, Trainer
from tests.patience import COSTLY_TICK, eventually
from tests.platform.visitor import Visitor

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]


@dataclass
class House:
    """A whole platform on a PostgreSQL and a Redis of its own."""

    database: servers.Postgres
    broker: Broker
    address: str
    trainer: Trainer

    def readiness(self) -> dict[str, object]:
        told: dict[str, object] = json.loads(page(f"{self.address}/readyz") or b"{}")
        return told

    def wait_until_whole(self) -> None:
        """Until /readyz says that the worker is there, ready, and hears the broker."""
        whole = {"ready": True, "broker": True, "workers": 1, "warming": 0, "connected": 1}
        eventually(
            lambda: whole.items() <= self.readiness().items(),
            "it never was whole again",
            COSTLY_TICK,
        )

    def wait_until_unheard(self) -> None:
        """Until /readyz says that the broker hears no worker."""
        eventually(
            lambda: self.readiness()["connected"] == 0, "it was said to be connected", COSTLY_TICK
        )

    def wait_until_told_of(self) -> None:
        """Until /readyz says that the broker takes nothing, and hears no worker."""
        told = {"broker": False, "connected": 0}
        eventually(
            lambda: told.items() <= self.readiness().items(),
            "the broker was said to be fine",
            COSTLY_TICK,
        )

    def start_runs(self, count: int) -> list[tuple[Visitor, str]]:
        """Runs of so many visitors."""
        started = []
        for seed in range(count):
            visitor = Visitor(self.address)
            form = {"seed": str(seed), "epochs": "20", "batch_size": "8"}
            started.append((visitor, visitor.start_run("optimizers-sgd", **form)))
        return started


@pytest.fixture(scope="module")
def whole() -> Iterator[House]:
    # Only where it is not installed, and never in CI.
    if servers.postgres_programs() is None and not servers.in_ci():
        pytest.skip(servers.NO_POSTGRES)
    with ExitStack() as stack:
        broker, database = Broker(stack), servers.Postgres(stack)
        url: dict[str, Any] = {"DATABASE_URL": database.url}
        prepare = [sys.executable, "manage.py", "prepare"]
        environment = house.environment(broker.url, **url)
        subprocess.run(prepare, env=environment, cwd=servers.ROOT, check=True, capture_output=True)
        stack.enter_context(house.sweep(broker.url, **url))
        trainer = stack.enter_context(house.trainer(broker.url, "lasting", **url))
        address = stack.enter_context(house.web(broker.url, **url))
        made = House(database, broker, address, trainer)
        made.wait_until_whole()
        yield made


def restart_database(whole: House) -> None:
    whole.database.lose()
    whole.database.start()


def restart_broker(whole: House) -> None:
    whole.broker.lose()
    whole.broker.start()


@contextmanager
def replica(client: redis.Redis) -> Iterator[None]:
    """The broker fails over: it is a replica for a while, and takes no message."""
    client.replicaof("127.0.0.1", 1)
    yield
    client.replicaof("NO", "ONE")


@contextmanager
def full(client: redis.Redis) -> Iterator[None]:
    """The broker has no memory left, and everyone has to connect anew."""
    client.config_set("maxmemory", 1)
    client.client_kill_filter(_type="normal", skipme=True)
    yield
    client.config_set("maxmemory", 0)


@contextmanager
def of_another_kind(client: redis.Redis) -> Iterator[None]:
    """Something else stands where the messages should."""
    client.delete("celery")
    client.set("celery", "no list")
    yield
    client.delete("celery")


@pytest.mark.parametrize("restart", [restart_database, restart_broker])
def test_a_restart_under_load_costs_no_run_and_no_worker(
    whole: House, restart: Callable[[House], None]
) -> None:
    whole.wait_until_whole()
    runs = whole.start_runs(4)
    first, path = runs[0]
    eventually(lambda: first.snapshot(path)["state"] != "queued", "no run was started")
    restart(whole)
    whole.wait_until_whole()
    for visitor, run in [*runs, *whole.start_runs(1)]:
        found = visitor.finished(run)
        assert found["state"] == "succeeded", found["reason"]
        assert [event["id"] for event in found["events"]] == list(
            range(1, len(found["events"]) + 1)
        )
    assert whole.trainer.process.popen.poll() is None


def test_what_is_asked_for_while_the_broker_is_away_is_trained_when_it_is_back(
    whole: House,
) -> None:
    whole.wait_until_whole()
    whole.broker.lose()
    runs = whole.start_runs(3)
    # By then the sweep has rung in vain, too, and more than once.
    whole.wait_until_unheard()
    whole.broker.start()
    whole.wait_until_whole()
    for visitor, run in [*runs, *whole.start_runs(2)]:
        assert visitor.finished(run)["state"] == "succeeded"


def test_a_broker_that_became_a_replica_is_told_of_and_waited_for(whole: House) -> None:
    whole.wait_until_whole()
    with whole.broker.client() as client, replica(client):
        whole.wait_until_told_of()
        [(visitor, run)] = whole.start_runs(1)
    assert visitor.finished(run)["state"] == "succeeded"
    whole.wait_until_whole()
    assert whole.trainer.process.popen.poll() is None


def attempts(whole: House) -> int:
    """How often the worker has failed with its broker so far."""
    output = whole.trainer.process.output()
    return output.count("Cannot connect to redis") + output.count("Connection to broker lost")


def held_by_worker(whole: House, client: redis.Redis) -> int:
    """The connections that the worker and its child have open, by the broker's own list."""
    worker = psutil.Process(whole.trainer.process.pid)
    held = [one for it in (worker, *worker.children()) for one in it.net_connections("inet")]
    ports = {str(one.laddr.port) for one in held}
    return sum(one["addr"].rpartition(":")[2] in ports for one in client.client_list())


@pytest.mark.parametrize("refusal", [replica, full, of_another_kind])
def test_a_broker_that_refuses_is_asked_after_pauses_and_nothing_is_left_open(
    whole: House, refusal: Callable[[redis.Redis], AbstractContextManager[None]]
) -> None:
    whole.wait_until_whole()
    with whole.broker.client() as client:
        held = held_by_worker(whole, client)
        with refusal(client):
            before, told = attempts(whole), whole.trainer.process.output().count("pause=3")
            eventually(lambda: attempts(whole) >= before + 6, "it gave up")
            assert held_by_worker(whole, client) <= held
            assert whole.trainer.process.output().count("pause=3") > told
    whole.wait_until_whole()
    [(visitor, run)] = whole.start_runs(1)
    assert visitor.finished(run)["state"] == "succeeded"


@contextmanager
def silent(broker: Broker) -> Iterator[None]:
    """Connections are taken, and nothing is answered."""
    os.kill(broker.process.pid, signal.SIGSTOP)
    yield
    os.kill(broker.process.pid, signal.SIGCONT)


@contextmanager
def gone(broker: Broker) -> Iterator[None]:
    """Nothing listens."""
    broker.lose()
    yield
    broker.start()


@pytest.mark.parametrize("away", [silent, gone])
def test_a_broker_that_is_away_costs_no_open_files(
    whole: House, away: Callable[[Broker], AbstractContextManager[None]]
) -> None:
    whole.wait_until_whole()
    worker = psutil.Process(whole.trainer.process.pid)
    files = worker.num_fds()
    with away(whole.broker):
        whole.wait_until_unheard()
        [(visitor, run)] = whole.start_runs(1)
        # A broker that says nothing is asked by new connections, one after the other.
        assert worker.num_fds() <= files + 5
    assert visitor.finished(run)["state"] == "succeeded"
    whole.wait_until_whole()


def envelope(**changes: object) -> bytes:
    """A message as Celery packs it, with some of its parts changed."""
    message: dict[str, object] = {
        "body": "W1tdLCB7fSwge31d",
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"task": "training_jobs.tasks.train", "id": "1", "lang": "py"},
        "properties": {
            "delivery_tag": "1",
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "celery"},
            "body_encoding": "base64",
        },
    }
    return json.dumps(message | changes).encode()


JUNK = {
    "no JSON": b"hello",
    "no text": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "a number": b"7",
    "nothing": b"null",
    "an empty object": b"{}",
    "nested too deep": b"[" * 100_000,
    "without properties": envelope(properties=None),
    "properties of another form": envelope(properties={"delivery_tag": 1}),
    "headers of another form": envelope(headers="none"),
    "no base64": envelope(body="!!"),
    "pickled": envelope(**{"content-type": "application/x-python-serialize"}),
    "an unknown type": envelope(**{"content-type": "application/none"}),
    "an unknown encoding": envelope(**{"content-encoding": "none"}),
    "another task": envelope(headers={"task": "other.task", "id": "2"}),
    "huge": json.dumps("x" * 8_000_000).encode(),
}


def test_junk_in_the_list_ends_no_worker(whole: House) -> None:
    whole.wait_until_whole()
    with whole.broker.client() as client:
        for message in JUNK.values():
            client.lpush("celery", message)
        client.publish("weightwise.progress", b"\xff no ring")
        eventually(lambda: client.llen("celery") == 0, "the junk was never taken away")
    [(visitor, run)] = whole.start_runs(1)
    assert visitor.finished(run)["state"] == "succeeded"
    whole.wait_until_whole()
    assert whole.trainer.process.popen.poll() is None


def test_a_list_of_another_kind_and_an_emptied_broker_end_no_worker(whole: House) -> None:
    whole.wait_until_whole()
    with whole.broker.client() as client:
        client.delete("celery")
        client.set("celery", "no list")
        whole.wait_until_unheard()
        client.flushall()
    whole.wait_until_whole()
    [(visitor, run)] = whole.start_runs(1)
    assert visitor.finished(run)["state"] == "succeeded"


def test_another_password_is_told_of_and_the_old_one_heals_it(whole: House) -> None:
    whole.wait_until_whole()
    with whole.broker.client() as client:
        client.config_set("requirepass", "another")
        client.client_kill_filter(_type="normal", skipme=True)
        whole.wait_until_told_of()
        client.config_set("requirepass", whole.broker.password)
    whole.wait_until_whole()
    [(visitor, run)] = whole.start_runs(1)
    assert visitor.finished(run)["state"] == "succeeded"
    assert whole.trainer.process.popen.poll() is None
