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
# What has arrived of all bodies of a process together, until they are answered. Saves and most
# other forms are small, and have a part that larger ones cannot fill.
LARGE_AT_ONCE = 48 * 1024 * 1024
SMALL_AT_ONCE = 16 * 1024 * 1024
SMALL = 64 * 1024
RETRY_SECONDS = 5

log = structlog.get_logger("weightwise.web")


class CutOff(Exception):
    """The connection is of no use any more: its other side went away, or takes next to nothing."""


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


class Room:
    """Holds what has arrived of bodies, `at_once` bytes at most.

    What was only announced holds nothing. When it is full, the body that has been arriving the
    longest gives way, so that senders who stop halfway keep nobody out; a whole one stays until it
    is answered.
    """

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self._held = 0
        # In the order in which their first bytes came.
        self._arriving: dict[_Body, None] = {}

    def take(self, body: "_Body", piece: bytes) -> None:
        """Keeps what has arrived; raises TooMuchAtOnce, also if the body had to give way before."""
        if piece and not body.gave_way:
            self._arriving.setdefault(body)
            self._make_room(len(piece), body)
        if body.gave_way:
            raise TooMuchAtOnce
        self._held += len(piece)
        body.pieces.append(piece)
        body.size += len(piece)

    def _make_room(self, size: int, body: "_Body") -> None:
        """At the latest, `body` itself is the one to go: it is arriving, too."""
        while self._held + size > self.at_once and not body.gave_way:
            self._dismiss(next(iter(self._arriving)))

    def _dismiss(self, body: "_Body") -> None:
        self.leave(body)
        body.give_way()

    def completed(self, body: "_Body") -> None:
        self._arriving.pop(body, None)

    def leave(self, body: "_Body") -> None:
        """Twice is harmless."""
        self._arriving.pop(body, None)
        self._held -= body.size
        body.size = 0


class _Body:
    """What has arrived of one request's body, within the time limit for all of it."""

    def __init__(self, limit: asyncio.Timeout) -> None:
        self.limit = limit
        self.pieces: list[bytes] = []
        self.size = 0
        self.gave_way = False

    def give_way(self) -> None:
        """Its request, which waits for more, goes on at once and says so."""
        self.gave_way = True
        self.pieces.clear()
        self.limit.reschedule(asyncio.get_running_loop().time())


class Bodies:
    """Bodies of at most `largest` bytes each: for refusing a larger one, it need not be read."""

    def __init__(
        self,
        largest: int,
        *,
        seconds: float = SECONDS,
        large_at_once: int = LARGE_AT_ONCE,
        small_at_once: int = SMALL_AT_ONCE,
    ) -> None:
        self.largest = largest
        self.seconds = seconds
        self.large = Room(large_at_once)
        self.small = Room(small_at_once)

    @asynccontextmanager
    async def of(self, announced: str, receive: Receive) -> AsyncIterator[bytes]:
        """The body for which this length was announced, which counts as long as it is in use.

        Empty without a length: WSGI then knows of no body. Raises CutOff and NotRead.
        """
        size = int(announced) if announced.isdecimal() else 0
        if not 0 < size <= self.largest:
            yield b""
            return
        room = self.small if size <= SMALL else self.large
        body = _Body(asyncio.timeout(self.seconds))
        try:
            yield await _read(body, room, receive)
        finally:
            room.leave(body)


async def _read(body: _Body, room: Room, receive: Receive) -> bytes:
    try:
        async with body.limit:
            return await _whole(body, room, receive)
    except TimeoutError as error:
        raise (TooMuchAtOnce if body.gave_way else TooSlow) from error


async def _whole(body: _Body, room: Room, receive: Receive) -> bytes:
    """All that is sent; raises CutOff and TooMuchAtOnce."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CutOff
        room.take(body, message.get("body", b""))
        if not message.get("more_body", False):
            room.completed(body)
            return b"".join(body.pieces)
