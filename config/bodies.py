"""Reads what requests send, within bounds: a sender may be slow, and many may send at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# No page of ours sends so much that a slow connection takes longer.
SECONDS = 30.0
# For all requests of a process together, from when they begin to arrive until they are answered.
BYTES_AT_ONCE = 64 * 1024 * 1024
RETRY_SECONDS = 5

log = structlog.get_logger("weightwise.web")


class CutOff(Exception):
    """The sender went away before the request was complete."""


class NotRead(Exception):
    """The body is not read to its end; nothing of the request is done."""

    status: int
    said: str
    retry_after: int | None = None

    async def answer(self, send: Send) -> None:
        """Says so, and ends the connection, on which the rest of the body would still come."""
        log.info("body_not_read", status=self.status)
        text = self.said.encode()
        headers = {
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(text)),
            "connection": "close",
        }
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": text})


class TooSlow(NotRead):
    """It takes longer than `SECONDS`."""

    status = 408
    said = (
        f"What you sent did not arrive within {SECONDS:.0f} seconds, and nothing was done with it."
        " Send it again, over a better connection if you can.\n"
    )


class TooMuchAtOnce(NotRead):
    """Others are sending as much as is read at a time."""

    status = 503
    retry_after = RETRY_SECONDS
    said = (
        "A great deal is being sent here just now, and nothing was done with what you sent."
        f" Send it again in {RETRY_SECONDS} seconds.\n"
    )


class Bodies:
    """Bodies of at most `largest` bytes each: for refusing a larger one, it need not be read."""

    def __init__(
        self, largest: int, *, seconds: float = SECONDS, at_once: int = BYTES_AT_ONCE
    ) -> None:
        self.largest = largest
        self.seconds = seconds
        self.at_once = at_once
        self._held = 0

    @asynccontextmanager
    async def of(self, announced: str, receive: Receive) -> AsyncIterator[bytes]:
        """The body for which this length was announced, which counts as long as it is in use.

        Empty without a length: WSGI then knows of no body. Raises CutOff and NotRead.
        """
        size = int(announced) if announced.isdecimal() else 0
        if not 0 < size <= self.largest:
            yield b""
            return
        if self._held + size > self.at_once:
            raise TooMuchAtOnce
        self._held += size
        try:
            yield await self._read(receive)
        finally:
            self._held -= size

    async def _read(self, receive: Receive) -> bytes:
        try:
            async with asyncio.timeout(self.seconds):
                return await _whole(receive)
        except TimeoutError as error:
            raise TooSlow from error


async def _whole(receive: Receive) -> bytes:
    """All that is sent; raises CutOff."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CutOff
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
