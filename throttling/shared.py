"""The memory that all processes share: Redis, and its replacement while it is away.

Then each process counts by itself: limits are less strict, but nobody is turned away or has to wait
because a server restarts.
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

# How long one request waits for a silent server; the others do not wait meanwhile.
PATIENCE_SECONDS = 0.3
PAUSE_SECONDS = 5.0
# How many keys each process remembers by itself; the oldest go first.
OWN_KEYS = 20_000

log = structlog.get_logger("weightwise.throttling")


def connection_options() -> dict[str, Any]:
    """How redis-py connects: with short time limits, and without trying again."""
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
            self._again_at = now + PAUSE_SECONDS  # one request tries, the others do not wait
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
    """One for each server, shared by the cache and the limits."""
    return Line()
