"""What the platform says of itself: alive, ready, and its figures."""

from datetime import timedelta

import pytest
import redis
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests import servers
from tests.factories import make_run, make_topic
from training_jobs.models import Run, Worker
from training_jobs.sweeping import sweep_once

pytestmark = pytest.mark.django_db


def test_it_is_alive() -> None:
    response = Client().get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_it_is_ready_without_a_broker_and_a_worker_and_says_so() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": True,
        "migrations": True,
        "broker": False,
        "workers": 0,
        "warming": 0,
        "useless": 0,
        "connected": 0,
        "sweep": False,
        "stalled": False,
    }


def test_it_tells_of_workers_and_of_the_sweep() -> None:
    for name, state in (("one", "ready"), ("two", "warming"), ("three", "useless")):
        Worker.objects.create(name=name, state=state, started_at=Now(), last_seen=Now())
    Worker.objects.exclude(name="two").update(heard_at=Now())
    sweep_once()
    told = Client().get("/readyz").json()
    assert (told["workers"], told["warming"], told["useless"]) == (2, 1, 1)
    assert (told["connected"], told["sweep"]) == (1, True)


def test_it_tells_of_a_run_that_waits_beside_a_free_worker(settings: Settings) -> None:
    def is_stalled() -> bool:
        return bool(Client().get("/readyz").json()["stalled"])

    topic = make_topic()
    waiting = make_run(topic)
    assert not is_stalled()  # nobody is there to train it
    Worker.objects.create(name="one", started_at=Now(), last_seen=Now())
    assert not is_stalled()  # it is warming up
    Worker.objects.update(state="ready")
    assert not is_stalled()  # it has been asked for just now
    long_ago = timezone.now() - timedelta(seconds=settings.WORKER_FRESH_SECONDS + 1)
    Run.objects.update(created_at=long_ago)
    assert is_stalled()
    other = make_run(topic)
    Run.objects.filter(id=other.id).update(state="succeeded", ended_at=timezone.now())
    assert not is_stalled()  # the worker has only just become free
    Run.objects.filter(id=other.id).update(state="running", started_at=long_ago, ended_at=None)
    assert not is_stalled()  # it trains another
    Run.objects.filter(id=waiting.id).update(state="running", started_at=timezone.now())
    assert not is_stalled()


def test_a_broker_that_takes_no_message_is_none(settings: Settings) -> None:
    with servers.redis_server() as broker, redis.Redis.from_url(broker.url) as client:
        settings.REDIS_URL = broker.url
        assert Client().get("/readyz").json()["broker"] is True
        client.replicaof("127.0.0.1", 1)
        assert client.ping()
        assert Client().get("/readyz").json()["broker"] is False
        client.replicaof("NO", "ONE")
        assert Client().get("/readyz").json()["broker"] is True


def test_without_its_migrations_it_is_not_ready() -> None:
    (newest,) = MigrationLoader(connection).graph.leaf_nodes("quizzes")
    MigrationRecorder(connection).record_unapplied(*newest)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert (response.json()["ready"], response.json()["migrations"]) == (False, False)


def test_its_figures_count_runs_and_requests() -> None:
    make_run(make_topic())
    Client().get("/healthz")
    figures = Client().get("/metrics").content.decode()
    assert 'weightwise_runs{state="queued"} 1.0' in figures
    assert 'weightwise_requests_total{method="GET",status="200",view="healthz"}' in figures


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_it_is_asked_by_get(address: str) -> None:
    assert Client().head(address).status_code == 200
    assert Client().post(address).status_code == 405
