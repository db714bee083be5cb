"""Django's cache in Redis, which never makes a page fail.

Values are JSON: nothing in the broker must be able to run code in a web process, as a pickle can.
"""

import json
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from throttling.shared import OWN_KEYS, Answer, connection_options, line

# Keeps our keys apart from the broker's own.
PREFIX = "weightwise"


class JsonSerializer:
    """What RedisCache writes and reads."""

    def dumps(self, value: Any) -> bytes | int:
        # Redis itself adds to whole numbers.
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except ValueError as error:
            raise redis.DataError("This key holds a value of another program.") from error


class SharedCache(BaseCache):
    """`RedisCache`, or `LocMemCache` while Redis does not answer. LOCATION is Redis's address."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        params = {**params, "KEY_PREFIX": PREFIX}
        super().__init__(params)
        options = {**connection_options(), "serializer": JsonSerializer}
        self._location = location
        self._shared = RedisCache(location, {**params, "OPTIONS": options})
        self._own = LocMemCache(location, {**params, "OPTIONS": {"MAX_ENTRIES": OWN_KEYS}})

    def _ask(self, question: Callable[[BaseCache], Answer]) -> Answer:
        return line(self._location).ask(lambda: question(self._shared), lambda: question(self._own))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return self._ask(lambda cache: cache.add(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.touch(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.delete(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._ask(lambda cache: cache.incr(key, delta, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._ask(lambda cache: cache.has_key(key, version))

    def clear(self) -> None:
        """Removes the cache's own keys. RedisCache would empty the broker's whole database."""
        self._own.clear()
        line(self._location).ask(self._clear_shared, lambda: None)

    def _clear_shared(self) -> None:
        with redis.Redis.from_url(self._location, **connection_options()) as client:
            for key in client.scan_iter(match=f"{PREFIX}:*", count=1000):
                client.unlink(key)
