"""The memory that all processes share: Redis, and what takes its place while it is away.

A limit that cannot be counted together is counted by each process alone: less strict, but nobody is
turned away, and nobody waits, because a server is restarted.
"""

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import redis
import structlog
from limits.errors import StorageError
from redis.backoff import NoBackoff
from redis.retry import Retry

Answer = TypeVar("Answer")

# What one request may lose to a silent server; the others lose nothing meanwhile.
PATIENCE_SECONDS = 0.3
PAUSE_SECONDS = 5.0
# How many keys each process remembers by itself; the oldest go first.
OWN_KEYS = 20_000

log = structlog.get_logger("weightwise.throttling")


def connection_options() -> dict[str, Any]:
    """How redis-py connects: impatiently, and once."""
    return {
        "socket_connect_timeout": PATIENCE_SECONDS,
        "socket_timeout": PATIENCE_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


class Line:
    """Asks the shared server, or the process's own memory while the server does not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lost = False
        self._again_at = 0.0

    def ask(self, shared: Callable[[], Answer], own: Callable[[], Answer]) -> Answer:
        if not self._worth_trying():
            return own()
        try:
            answer = shared()
        except (redis.RedisError, StorageError, OSError) as error:
            self._lose(error)
            return own()
        self._regain()
        return answer

    def _worth_trying(self) -> bool:
        with self._lock:
            if not self._lost:
                return True
            now = time.monotonic()
            if now < self._again_at:
                return False
            self._again_at = now + PAUSE_SECONDS  # one tries, the others need not wait for it
            return True

    def _lose(self, error: Exception) -> None:
        with self._lock:
            first, self._lost = not self._lost, True
            self._again_at = time.monotonic() + PAUSE_SECONDS
        if first:
            log.warning("shared_counts_lost", error=str(error), instead="each process's own")

    def _regain(self) -> None:
        with self._lock:
            again, self._lost = self._lost, False
        if again:
            log.warning("shared_counts_back")


@cache
def line(url: str) -> Line:
    """One for each server: what the cache has learned of it, the limits know, too."""
    return Line()
