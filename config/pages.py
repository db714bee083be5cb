"""Pages behind an ASGI server: Django's WSGI application, run in threads.

What is sent is read before a thread is taken: who sends slowly keeps none of them, and what was cut
off on its way is not acted upon. An answer of one piece, as pages are, costs the thread and the
event loop one meeting; a stream, as exports are, goes on piece by piece.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from types import TracebackType
from typing import Any, cast
from wsgiref.types import WSGIApplication, WSGIEnvironment

from a2wsgi.wsgi import Body, build_environ

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class CutOff(Exception):
    """Who sends went away before all had come."""


class Pages:
    """ASGI in front (asgi.readthedocs.io), WSGI behind (PEP 3333).

    At most `threads` pages at once. Of what is sent no more than `largest` bytes is read: refusing
    what announces more is left to the application.
    """

    def __init__(self, application: WSGIApplication, *, threads: int, largest: int) -> None:
        self.application = application
        self.largest = largest
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            environ = await self._environ(scope, receive)
        except CutOff:
            return
        answer = _Answer(asyncio.get_running_loop(), send)
        run = partial(copy_context().run, answer.run, self.application, environ)
        last = await answer.loop.run_in_executor(self.threads, run)
        await answer.deliver(last, more=False)

    async def _environ(self, scope: dict[str, Any], receive: Receive) -> WSGIEnvironment:
        body = io.BytesIO()
        # WSGI writes X_Forwarded_For and X-Forwarded-For alike: one that no proxy looked at would
        # pass for the proxy's own.
        # Both describe the same; the library's types for them are its own.
        plain = {**scope, "headers": [it for it in scope["headers"] if b"_" not in it[0]]}
        environ = cast("WSGIEnvironment", build_environ(cast("Any", plain), cast("Body", body)))
        # Without an announced length there is no body for WSGI.
        announced = environ.get("CONTENT_LENGTH", "")
        if announced.isdecimal() and 0 < int(announced) <= self.largest:
            body.write(await _whole(receive))
            body.seek(0)
        return environ


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


class _Answer:
    """What the application answers, on its way from a thread to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self.loop = loop
        self.send = send
        self.head: Message | None = None

    def run(self, application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """In a thread: hands on each piece but the last, which it returns."""
        pieces = application(environ, self._start)
        try:
            last = b""
            for piece in pieces:
                if last:
                    delivered = self.deliver(last, more=True)
                    asyncio.run_coroutine_threadsafe(delivered, self.loop).result()
                last = piece
            return last
        finally:
            if close := getattr(pieces, "close", None):
                close()

    async def deliver(self, piece: bytes, *, more: bool) -> None:
        """On the event loop: sends the head, once, and a piece of the body."""
        if self.head is not None:
            head, self.head = self.head, None
            await self.send(head)
        await self.send({"type": "http.response.body", "body": piece, "more_body": more})

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> Callable[[bytes], object]:
        self.head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(it.lower().encode("latin1"), to.encode("latin1")) for it, to in headers],
        }
        return _refuse_to_write


def _refuse_to_write(piece: bytes) -> object:
    """The `write` of PEP 3333, which is there for old applications: nothing of ours calls it."""
    raise RuntimeError("Django returns what it answers; it does not write.")
