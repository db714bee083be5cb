"""Wakes those who wait: workers for a run to claim, streams for a row to read.

A ring carries no decision; the database has those. A lost one costs a moment's delay, because the
sweep loop and the streams look for themselves too. So nothing here may fail or hold up a request.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache

import redis
import structlog
from celery import current_app
from django.conf import settings
from kombu import Connection
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL = "weightwise.progress"
TASK = "training_jobs.tasks.train"
PROBE = "weightwise.probe"
PROBE_SECONDS = 10
PROBE_PATIENCE_SECONDS = 0.2
# While the broker does not answer, no more rings than these are kept.
MOST_RINGS = 1000

Rings = queue.Queue[Callable[[], object]]

log = structlog.get_logger("weightwise.doorbell")


def ring_workers() -> None:
    """Tells the workers that there is something to claim."""
    _ring(_publish_task)


def ring_streams(run_id: str, seq: int) -> None:
    """Tells the streams that event `seq` of a run can be read."""
    _ring(lambda: _client().publish(CHANNEL, f"{run_id} {seq}"))


def takes_messages() -> bool:
    """Whether the broker can be written to and read from."""
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=PROBE_PATIENCE_SECONDS,
        socket_timeout=PROBE_PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        # A replica answers a PING but takes no message; nor does a broker without memory.
        client.set(PROBE, "written", ex=PROBE_SECONDS)
        return client.get(PROBE) is not None
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def _ring(ring: Callable[[], object]) -> None:
    with suppress(queue.Full):
        _rings().put_nowait(ring)


def _publish_task() -> None:
    # Expires: the sweep rings again for what still waits, so old rings need not pile up.
    current_app.send_task(
        TASK, connection=_connection(), expires=60, retry=False, ignore_result=True
    )


@cache
def _connection() -> Connection:
    """The thread's own, and not of Celery's pool: that lends what it has lost to nobody again."""
    return current_app.connection_for_write()


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1, health_check_interval=10
    )


@cache
def _rings() -> Rings:
    """The queue of a background thread: a broker that does not answer must not delay a POST."""
    rings = Rings(MOST_RINGS)
    threading.Thread(target=_ring_all, args=(rings,), daemon=True, name="doorbell").start()
    return rings


def _ring_all(rings: Rings) -> None:
    while True:
        ring = rings.get()
        try:
            ring()
        except Exception as error:  # noqa: BLE001  (it may fail: the database has the truth)
            log.warning("ring_lost", error=str(error))
            _hang_up()


def _hang_up() -> None:
    """Makes the next ring connect anew: this broker may have become a replica of another."""
    with suppress(Exception):
        _connection().release()
    _connection.cache_clear()
    with suppress(Exception):
        _client().connection_pool.disconnect()
