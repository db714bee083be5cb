"""Which requests wait in line before they take a thread, so that some are left for reading.

What writes may wait long for a lock, and what hashes a password for its turn. Each waits here at
no cost, not in a thread that a page could use.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from wsgiref.types import WSGIEnvironment

READS = ("GET", "HEAD", "OPTIONS")


class Gates:
    """At most `writers` requests in threads that are sent to change something; of these, at most
    `hashers` to paths of which `hashes` says that they hash passwords."""

    def __init__(self, *, writers: int, hashers: int, hashes: Callable[[str], bool]) -> None:
        self._writers = asyncio.Semaphore(writers)
        self._hashers = asyncio.Semaphore(hashers)
        self._hashes = hashes

    def concern(self, environ: WSGIEnvironment) -> bool:
        return environ["REQUEST_METHOD"] not in READS

    @asynccontextmanager
    async def passed(self, environ: WSGIEnvironment) -> AsyncIterator[None]:
        """Waits for a place; the first in line gets it."""
        if self._hashes(environ["PATH_INFO"]):
            async with self._hashers, self._writers:
                yield
        else:
            async with self._writers:
                yield
