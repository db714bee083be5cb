"""Whether a worker is said to hear of runs."""

from collections.abc import Iterator

import pytest
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from tests import servers
from training_jobs import workers
from training_jobs.models import Worker
from training_jobs.queries import connected_workers

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker beside a broker that takes messages."""
    monkeypatch.setattr(workers, "_heard", {})
    Worker.objects.create(name=workers.registered_name(), started_at=Now(), last_seen=Now())
    with servers.redis_server() as broker:
        settings.REDIS_URL = broker.url
        yield


@pytest.mark.usefixtures("worker")
def test_a_heartbeat_counts_unless_the_broker_has_just_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers.seen()
    assert not connected_workers(), "no heartbeat yet"
    workers.heard()
    workers.refused()
    workers.heard()  # Celery sends one at each new connection
    workers.seen()
    assert not connected_workers()
    monkeypatch.setattr(workers, "REFUSED_SECONDS", 0.0)
    workers.seen()
    assert [found.name for found in connected_workers()] == [workers.registered_name()]
