"""Questions to a starting platform: does the broker, the web server, a worker answer yet?"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TICK = 0.1
PAGE_TICK = 0.3
"""Seconds between two questions to a web server, which writes a line about each."""
ANSWER_WITHIN = 2.0

# A proxy in the environment is for the world outside; it cannot reach our loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Trainers:
    """How many workers the platform knows, and how many of them still load TensorFlow.

    `workers` leaves out the useless ones, which could not load it and are trying again.
    """

    workers: int = 0
    warming: int = 0
    useless: int = 0

    @property
    def registered(self) -> bool:
        """A warming worker counts: it takes work, only its first run starts later."""
        return self.workers + self.useless > 0

    @property
    def warm(self) -> bool:
        """Somebody can train at once."""
        return self.workers > self.warming


def wait_until(
    probe: Callable[[], bool], seconds: float, check: Callable[[], None], tick: float = TICK
) -> bool:
    """Ask until the answer is yes or the time is over; `check` may raise to end the wait."""
    deadline = time.monotonic() + seconds
    while True:
        check()
        if probe():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(tick)


def broker_answers(url: str) -> bool:
    """PING, with the password of the address."""
    try:
        with redis.Redis.from_url(
            url,
            socket_timeout=ANSWER_WITHIN,
            socket_connect_timeout=ANSWER_WITHIN,
            # The client would try a refused connection again for seconds; we ask again ourselves.
            retry=Retry(NoBackoff(), 0),
        ) as client:
            return bool(client.ping())
    except (redis.RedisError, ValueError, OSError):
        return False


def page(url: str) -> bytes | None:
    """A page's body, also that of an error page; nothing when nobody answers."""
    try:
        with _opener.open(url, timeout=ANSWER_WITHIN) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.read()
    except OSError:
        return None


def web_answers(address: str) -> bool:
    """The web server is alive."""
    return page(f"{address}healthz") is not None


def trainers(address: str) -> Trainers:
    """What /readyz says of the workers; none while it cannot be read."""
    try:
        told = json.loads(page(f"{address}readyz") or b"{}")
        return Trainers(*(int(told[name]) for name in ("workers", "warming", "useless")))
    except (ValueError, KeyError, TypeError):
        return Trainers()
