"""A learner's streams, counted in the broker for several processes."""

from collections.abc import Iterator

import pytest
import redis
from pytest_django import Settings

from tests import servers
from training_jobs import shared_places
from training_jobs.shared_places import SharedPlaces


@pytest.fixture
def broker(settings: Settings) -> Iterator[redis.Redis]:
    with servers.redis_server() as server:
        settings.REDIS_URL = server.url
        with redis.Redis.from_url(server.url) as client:
            yield client


def test_two_processes_count_together(broker: redis.Redis) -> None:
    one, other = SharedPlaces(), SharedPlaces()
    first, second = one.take("learner 1", 2), other.take("learner 1", 2)
    assert first is not None
    assert second is not None
    assert one.take("learner 1", 2) is other.take("learner 1", 2) is None
    assert other.take("learner 2", 2) is not None
    one.give_back(first)
    assert other.take("learner 1", 2) is not None


def test_the_places_of_a_process_that_died_run_out(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, goes_on = SharedPlaces(), SharedPlaces()
    monkeypatch.setattr(shared_places, "LEASE_SECONDS", -1)
    assert gone.take("learner 1", 1) is not None
    monkeypatch.undo()
    assert goes_on.take("learner 1", 1) is not None
    goes_on.renew()
    assert SharedPlaces().take("learner 1", 1) is None


def test_a_broker_that_was_emptied_learns_of_the_open_streams(broker: redis.Redis) -> None:
    places = SharedPlaces()
    assert places.take("learner 1", 1) is not None
    broker.flushall()
    places.renew()
    assert SharedPlaces().take("learner 1", 1) is None


def test_no_session_is_to_be_read_in_the_broker(broker: redis.Redis) -> None:
    assert SharedPlaces().take("secretsessionkey", 1) is not None
    assert not [key for key in broker.scan_iter() if b"secretsessionkey" in key]


def test_without_a_broker_nobody_is_turned_away() -> None:
    places = SharedPlaces()
    lease = places.take("learner 1", 1)
    assert lease is not None
    places.renew()
    places.give_back(lease)
