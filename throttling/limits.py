"""Limits of the form "at most N within a time": what is allowed, and when to ask again.

    GUESTS = Limit("guests", most=120, seconds=3600)
    refused = take(GUESTS, counted_address(request))

Counted in Redis, for all processes together (`throttling.shared`). A key may be any text; it is
kept as a digest, so neither names nor addresses are in the broker. What was refused is not counted:
asking again does not prolong the wait.
"""

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from throttling.shared import OWN_KEYS, Answer, connection_options, line

Store = MovingWindowRateLimiter


@dataclass(frozen=True)
class Limit:
    """At most `most` within any `seconds`; `name` says of what, and is unique."""

    name: str
    most: int
    seconds: int

    @property
    def item(self) -> RateLimitItemPerSecond:
        return RateLimitItemPerSecond(self.most, self.seconds, namespace="weightwise-limit")


@dataclass(frozen=True)
class Refused:
    """Not now: asking again is worthwhile after `seconds`, at least 1, and pointless before."""

    seconds: int
    status: int = 429


def take(limit: Limit, *key: str, cost: int = 1) -> Refused | None:
    """Counts a request that costs `cost` and returns None, if it is allowed."""
    return _decided(limit, key, cost, lambda store, name: store.hit(limit.item, name, cost=cost))


def look(limit: Limit, *key: str, cost: int = 1) -> Refused | None:
    """The same, without counting."""
    return _decided(limit, key, cost, lambda store, name: store.test(limit.item, name, cost=cost))


def give_back(limit: Limit, *key: str) -> None:
    """Takes back what was counted last, as where a try turned out to be none."""
    name = _name(limit, key)
    _ask(limit, name, lambda store: _counts(store).give_back(limit.item.key_for(name)))


def forget(limit: Limit, *key: str) -> None:
    """Starts the count again, as after a right password."""
    name = _name(limit, key)
    _ask(limit, name, lambda store: store.clear(limit.item, name))


def forget_key(*key: str) -> int:
    """Starts every count of this key again, in all processes; how many there were.

    Raises RedisError while Redis is away: then each process counts by itself.
    """
    storage = _shared(settings.REDIS_URL).storage
    assert isinstance(storage, _SharedCounts)  # noqa: S101  (made below)
    return storage.forget_all_of(_digest(key))


def forget_all() -> None:
    """Forgets what this process counted by itself."""
    _own().reset()


def _decided(
    limit: Limit, key: tuple[str, ...], cost: int, question: Callable[[Store, str], bool]
) -> Refused | None:
    if cost > limit.most:
        return Refused(limit.seconds)  # it never fits
    name = _name(limit, key)

    def decide(store: Store) -> Refused | None:
        if question(store, name):
            return None
        # With it, and all that are older, gone there is room for the whole cost.
        last = _counts(store).counted_at(limit.item.key_for(name), limit.most - cost)
        wait = 0.0 if last is None else last + limit.seconds - time.time()
        return Refused(max(math.ceil(wait), 1))

    return _ask(limit, name, decide)


def _name(limit: Limit, key: tuple[str, ...]) -> str:
    return f"{limit.name}:{_digest(key)}"


def _digest(key: tuple[str, ...]) -> str:
    told = "\0".join(key).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()


def _ask(limit: Limit, name: str, question: Callable[[Store], Answer]) -> Answer:
    url = settings.REDIS_URL
    return line(url).ask(
        lambda: question(_shared(url)), lambda: question(_own().holding(limit, name))
    )


class _SharedCounts(RedisStorage):
    """`limits` keeps a list of moments, the newest first; it neither tells nor takes one back."""

    def give_back(self, key: str) -> None:
        client: Any = self.get_connection()  # the types of `limits` know no lists
        client.lpop(self.prefixed_key(key))

    def counted_at(self, key: str, place: int) -> float | None:
        client: Any = self.get_connection()
        moment = client.lindex(self.prefixed_key(key), place)
        return None if moment is None else float(moment)

    def forget_all_of(self, digest: str) -> int:
        client: Any = self.get_connection()
        pattern = self.prefixed_key(f"*:{digest}/*")
        return sum(client.unlink(key) for key in client.scan_iter(match=pattern, count=1000))


class _HeldCounts(MemoryStorage):
    def give_back(self, key: str) -> None:
        with self.locks[key]:
            del self.events.get(key, [])[:1]

    def counted_at(self, key: str, place: int) -> float | None:
        with self.locks[key]:
            found = self.events.get(key, [])[place : place + 1]
        return found[0].atime if found else None


def _counts(store: Store) -> _SharedCounts | _HeldCounts:
    storage = store.storage
    assert isinstance(storage, _SharedCounts | _HeldCounts)  # noqa: S101  (made below)
    return storage


@cache
def _shared(url: str) -> Store:
    return Store(_SharedCounts(url, wrap_exceptions=True, **connection_options()))


class _OwnCounts:
    """The counts of this process alone, for the OWN_KEYS keys that were used last."""

    def __init__(self) -> None:
        self._storage = _HeldCounts()
        self._store = Store(self._storage)
        self._lock = threading.Lock()
        self._names: OrderedDict[str, Limit] = OrderedDict()

    def holding(self, limit: Limit, name: str) -> Store:
        with self._lock:
            self._names[name] = limit
            self._names.move_to_end(name)
            if len(self._names) > OWN_KEYS:
                oldest, its_limit = self._names.popitem(last=False)
                self._store.clear(its_limit.item, oldest)
        return self._store

    def reset(self) -> None:
        with self._lock:
            self._names.clear()
            self._storage.reset()


@cache
def _own() -> _OwnCounts:
    return _OwnCounts()
