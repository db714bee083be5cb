"""A learner's live streams, counted in Redis for all web processes together.

Each stream holds a lease, a member of its viewer's sorted set; the score is the time of its expiry.
A process renews the leases of its open streams together; those of a process that died expire. While
the broker is away, only each process's own count applies (`throttling.shared`).
"""

import hashlib
import time
from functools import cache
from uuid import uuid4

import redis
from django.conf import settings

from throttling.shared import connection_options, line

LEASE_SECONDS = 60
RENEW_SECONDS = 20.0


class SharedPlaces:
    """The leases of this process."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    def take(self, viewer: str, most: int) -> str | None:
        """The name of a lease; None if this viewer has as many as allowed across all processes."""
        lease, key = uuid4().hex, _key(viewer)
        if not line(settings.REDIS_URL).ask(lambda: _has_place(key, lease, most), lambda: True):
            return None
        self._held[lease] = key
        return lease

    def give_back(self, lease: str) -> None:
        """Ends a lease that `take` gave."""
        key = self._held.pop(lease)
        line(settings.REDIS_URL).ask(lambda: _client(settings.REDIS_URL).zrem(key, lease), int)

    def renew(self) -> None:
        """Extends every lease; a restarted broker learns of them in this way."""
        if self._held:
            line(settings.REDIS_URL).ask(self._renew, list)

    def _renew(self) -> list[object]:
        with _client(settings.REDIS_URL).pipeline(transaction=False) as pipe:
            for lease, key in list(self._held.items()):
                pipe.zadd(key, {lease: time.time() + LEASE_SECONDS})
                pipe.expire(key, 2 * LEASE_SECONDS)
            return list(pipe.execute())


def _has_place(key: str, lease: str, most: int) -> bool:
    now = time.time()
    with _client(settings.REDIS_URL).pipeline() as pipe:
        pipe.zremrangebyscore(key, 0, now)
        pipe.zadd(key, {lease: now + LEASE_SECONDS})
        pipe.zcard(key)
        pipe.expire(key, 2 * LEASE_SECONDS)
        _, _, taken, _ = pipe.execute()
    if taken > most:
        _client(settings.REDIS_URL).zrem(key, lease)
    return bool(taken <= most)


def _key(viewer: str) -> str:
    # A session's key opens the session, so it must not be in the broker.
    return f"weightwise-streams:{hashlib.sha256(viewer.encode()).hexdigest()}"


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, **connection_options())


SHARED = SharedPlaces()
