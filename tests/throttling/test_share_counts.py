"""Limits in a broker that all processes share, and without one."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis
from django.core.cache import cache
from django.http import HttpRequest
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs
from structlog.typing import EventDict

from tests import servers
from tests.servers import Redis
from throttling import limits, shared
from throttling.limits import Limit, Refused

LIMIT = Limit("tried", most=3, seconds=60)


@pytest.fixture(scope="module")
def broker() -> Iterator[Redis]:
    with servers.redis_server() as started:
        yield started


def use(settings: Settings, url: str) -> None:
    settings.REDIS_URL = url
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": url}}


@pytest.fixture
def with_broker(settings: Settings, broker: Redis) -> redis.Redis:
    use(settings, broker.url)
    client = redis.Redis.from_url(broker.url)
    client.flushdb()
    return client


@pytest.fixture
def black_hole(settings: Settings) -> Iterator[socket.socket]:
    """A server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        use(settings, f"redis://127.0.0.1:{server.getsockname()[1]}/0")
        yield server


def in_another_process(url: str, statement: str) -> str:
    """What a process that has the same broker prints."""
    code = (
        "import django; django.setup();"
        "from django.core.cache import cache; from throttling.limits import Limit, look, take;"
        f"LIMIT = {LIMIT!r}; print({statement})"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "REDIS_URL": url}
    asked = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return asked.stdout.strip()


@pytest.mark.usefixtures("with_broker")
def test_all_processes_count_together(settings: Settings) -> None:
    assert [limits.take(LIMIT, "ada") for _ in range(2)] == [None, None]
    assert in_another_process(settings.REDIS_URL, "take(LIMIT, 'ada')") == "None"
    refused = limits.take(LIMIT, "ada")
    assert isinstance(refused, Refused)
    assert 0 < refused.seconds <= LIMIT.seconds
    assert in_another_process(settings.REDIS_URL, "look(LIMIT, 'ada') is not None") == "True"
    assert limits.take(LIMIT, "grace") is None


@pytest.mark.usefixtures("with_broker")
def test_the_cache_is_one_for_all(settings: Settings) -> None:
    cache.set("history", [1.5, 2.5], 60)
    assert in_another_process(settings.REDIS_URL, "cache.get('history')") == "[1.5, 2.5]"


def test_without_a_broker_each_process_counts_by_itself() -> None:
    assert [limits.take(LIMIT, "ada") for _ in range(3)] == [None] * 3
    assert isinstance(limits.take(LIMIT, "ada"), Refused)
    assert limits.look(LIMIT, "grace") is None
    limits.forget(LIMIT, "ada")
    assert limits.take(LIMIT, "ada") is None


def both_ways(request: pytest.FixtureRequest, way: str) -> None:
    if way == "shared":
        request.getfixturevalue("with_broker")


@pytest.mark.parametrize("way", ["shared", "own"])
def test_what_is_refused_is_not_counted(request: pytest.FixtureRequest, way: str) -> None:
    both_ways(request, way)
    assert limits.take(LIMIT, "ada", cost=2) is None
    assert limits.take(LIMIT, "ada", cost=2) is not None
    assert limits.take(LIMIT, "ada") is None
    assert limits.take(LIMIT, "ada", cost=4) == Refused(LIMIT.seconds)


@pytest.mark.parametrize("way", ["shared", "own"])
@pytest.mark.parametrize(("cost", "wait"), [(1, 15), (2, 35), (3, 55)])
def test_a_group_is_told_when_all_of_it_fits(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, way: str, cost: int, wait: int
) -> None:
    both_ways(request, way)
    now = [float(round(time.time()))]
    monkeypatch.setattr(time, "time", lambda: now[0])
    for _ in range(LIMIT.most):
        assert limits.take(LIMIT, "ada") is None
        now[0] += 20
    now[0] -= 15
    assert limits.take(LIMIT, "ada", cost=cost) == Refused(wait)
    now[0] += wait - 1
    assert limits.take(LIMIT, "ada", cost=cost) == Refused(1)
    now[0] += 1.01
    assert limits.take(LIMIT, "ada", cost=cost) is None


@pytest.mark.parametrize("way", ["shared", "own"])
def test_what_is_given_back_can_be_taken_again(request: pytest.FixtureRequest, way: str) -> None:
    both_ways(request, way)
    for _ in range(LIMIT.most):
        limits.take(LIMIT, "ada")
    assert limits.take(LIMIT, "ada") is not None
    limits.give_back(LIMIT, "ada")
    limits.give_back(LIMIT, "nobody")
    assert limits.take(LIMIT, "ada") is None
    assert limits.take(LIMIT, "ada") is not None


@pytest.mark.parametrize("way", ["shared", "own"])
def test_a_key_may_be_any_text(request: pytest.FixtureRequest, way: str) -> None:
    both_ways(request, way)
    for hostile in ("a\0b", "\udcff", "é" * 10_000, "", "../*?[a]"):
        assert limits.take(LIMIT, "by name", hostile) is None
    assert limits.look(LIMIT, "by", "name") is None


def test_no_name_stands_in_the_broker(with_broker: redis.Redis) -> None:
    limits.take(LIMIT, "ada@example.org")
    cache.set("other", "value")
    assert with_broker.keys()
    assert not any(b"ada" in key for key in with_broker.scan_iter())


def test_clearing_the_cache_leaves_the_broker_its_messages(with_broker: redis.Redis) -> None:
    with_broker.rpush("celery", "a message")
    cache.set("mine", 1)
    cache.clear()
    assert cache.get("mine") is None
    assert with_broker.lrange("celery", 0, -1) == [b"a message"]


def test_what_stands_in_the_broker_runs_nothing_and_breaks_nothing(
    with_broker: redis.Redis,
) -> None:
    cache.set("mine", ["fine"])
    (key,) = with_broker.keys()
    with_broker.set(key, b"\x80\x04cos\nsystem\n.")
    assert cache.get("mine", "nothing") == "nothing"
    with_broker.delete(key)
    with_broker.rpush(key, "another kind")
    assert cache.get("mine", "nothing") == "nothing"


def _said(told: list[EventDict]) -> list[str]:
    """What the counts have said; threads of earlier tests may still say something, too."""
    return [line["event"] for line in told if line["event"].startswith("shared_counts_")]


def test_a_restarted_broker_is_used_again(settings: Settings) -> None:
    with ExitStack() as first:
        broker = first.enter_context(servers.redis_server())
        use(settings, broker.url)
        assert limits.take(LIMIT, "ada") is None
        settings_of_it = broker.port, broker.password
    with capture_logs() as told:
        assert [limits.take(LIMIT, "ada") for _ in range(3)] == [None] * 3
        cache.set("kept", 1)
        assert cache.get("kept") == 1
    assert _said(told) == ["shared_counts_lost"]
    # From before it is there: a thread of an earlier test may be the first that finds it.
    with capture_logs() as told, servers.redis_server(*settings_of_it) as again:
        client = redis.Redis.from_url(again.url)

        def counted() -> bool:
            limits.take(LIMIT, "ada")
            return bool(client.dbsize())

        # The one that finds it says so only after it has counted.
        again.process.wait_for(lambda: counted() and bool(_said(told)), "never counted again")
    assert _said(told) == ["shared_counts_back"]


@pytest.mark.usefixtures("black_hole")
def test_a_broker_that_is_silent_costs_one_request_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared, "PAUSE_SECONDS", 3600)
    with capture_logs() as told:
        cache.set("kept", 1)
        assert cache.get("kept") == 1
        assert [limits.take(LIMIT, "ada") for _ in range(3)] == [None] * 3
        assert isinstance(limits.take(LIMIT, "ada"), Refused)
    # Once it was waited for; nobody after that.
    assert _said(told) == ["shared_counts_lost"]


def test_what_a_process_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "OWN_KEYS", 10)
    for number in range(11):
        for _ in range(3):
            limits.take(LIMIT, f"number {number}")
    assert limits.look(LIMIT, "number 10") is not None
    assert limits.look(LIMIT, "number 0") is None


def test_sign_in_is_limited_by_the_address_that_is_believed(settings: Settings) -> None:
    from accounts.adapter import AccountAdapter

    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}
    assert AccountAdapter(request).get_client_ip(request) == "192.0.2.1"
    request.META = {}
    assert AccountAdapter(request).get_client_ip(request) == "unknown"
