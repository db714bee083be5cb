"""Pages behind an ASGI server: Django's WSGI application, run in threads.

A request is read before a thread is taken: slow senders occupy none, and a request that was cut off
on its way is not acted upon. An answer in one piece, such as a page, costs one hand-over from the
thread to the event loop; a stream, such as an export, goes piece by piece, as long as its reader
takes it.

Requests that wait for a hanging database are refused instead, on threads that no page takes.
Requests that need no database have threads of their own, too.
"""

import asyncio
import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from types import TracebackType
from typing import Any, cast
from wsgiref.types import WSGIApplication, WSGIEnvironment

import structlog
from a2wsgi.wsgi import Body, build_environ
from django.db import connection

from config.bodies import Bodies, CutOff, Message, NotRead, Receive, Send
from config.gates import Gates
from database.watch import DATABASE, DatabaseHangs, Watch
from throttling import waiting

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]

# In the environment of a request to be refused because the database hangs.
HANGS = "weightwise.database_hangs"
ASIDE_THREADS = 2
# In which a reader takes some of a stream, of which the server keeps no more than a few pieces.
DELIVERY_SECONDS = 60.0


log = structlog.get_logger("weightwise.web")


class Pages:
    """ASGI in front (asgi.readthedocs.io), WSGI behind (PEP 3333).

    At most `threads` pages at once; some wait at `gates` first. At most `largest` bytes of a body
    are read: refusing requests that announce more is left to the application. `asks_nothing` says
    of a path whether it needs no database. The application finds HANGS in its environment when it
    should refuse.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        largest: int,
        asks_nothing: Callable[[str], bool] = lambda path: False,
        gates: Gates | None = None,
        watch: Watch = DATABASE,
    ) -> None:
        self.application = application
        self.bodies = Bodies(largest)
        self.asks_nothing = asks_nothing
        self.gates = gates
        self.watch = watch
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.aside = ThreadPoolExecutor(ASIDE_THREADS, thread_name_prefix="aside")
        self.refusing = ThreadPoolExecutor(ASIDE_THREADS, thread_name_prefix="refusing")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        environ, body = _environ(scope)
        try:
            async with self.bodies.of(environ.get("CONTENT_LENGTH", ""), receive) as sent:
                body.write(sent)
                body.seek(0)
                await self._respond(environ, send)
        except CutOff:
            return
        except NotRead as refusal:
            await refusal.answer(send)

    async def _respond(self, environ: WSGIEnvironment, send: Send) -> None:
        if self.asks_nothing(environ["PATH_INFO"]):
            await self._answer_aside(self.aside, environ, send)
        elif self.watch.hangs:
            await self._answer_aside(self.refusing, environ | {HANGS: True}, send)
        else:
            await self._answer(environ, send)

    async def _answer(self, environ: WSGIEnvironment, send: Send) -> None:
        answer = _Answer(asyncio.get_running_loop(), send)
        work = self._started(answer, environ)
        try:
            last = await self.watch.answered(work)
        except DatabaseHangs:
            if not answer.leave():
                last = await work  # its beginning has been sent: the rest has to follow
            else:
                work.cancel()  # if it has not begun, it never will
                await self._answer_aside(self.refusing, environ | {HANGS: True}, send)
                return
        await answer.deliver(last, more=False)

    def _started(self, answer: "_Answer", environ: WSGIEnvironment) -> "asyncio.Future[bytes]":
        gates = self.gates
        if gates is None or not gates.concern(environ):
            return answer.start(self.threads, self.application, environ)

        async def in_line() -> bytes:
            async with gates.passed(environ):
                return await answer.start(self.threads, self.application, environ)

        return asyncio.ensure_future(in_line())

    async def _answer_aside(
        self, threads: ThreadPoolExecutor, environ: WSGIEnvironment, send: Send
    ) -> None:
        answer = _Answer(asyncio.get_running_loop(), send)
        last = await answer.start(threads, self.application, environ)
        await answer.deliver(last, more=False)


def _environ(scope: dict[str, Any]) -> tuple[WSGIEnvironment, io.BytesIO]:
    """The request for WSGI, and the place of its body."""
    body = io.BytesIO()
    # WSGI makes X_Forwarded_For and X-Forwarded-For the same: without this, a header that no
    # proxy has checked would pass for the proxy's own.
    plain = {**scope, "headers": [it for it in scope["headers"] if b"_" not in it[0]]}
    # The casts: the library has types of its own for the same things.
    environ = cast("WSGIEnvironment", build_environ(cast("Any", plain), cast("Body", body)))
    return environ, body


class _Answer:
    """What the application answers, on its way from a thread to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self.loop = loop
        self.send = send
        self.head: Message | None = None
        self.begun = self.left = False
        self.came = time.monotonic()

    def start(
        self, threads: ThreadPoolExecutor, application: WSGIApplication, environ: WSGIEnvironment
    ) -> "asyncio.Future[bytes]":
        """Begins to answer on one of the threads; the future holds the last piece."""
        run = partial(copy_context().run, self.run, application, environ)
        return self.loop.run_in_executor(threads, run)

    def leave(self) -> bool:
        """Abandons this answer; false if some of it has been sent already."""
        self.left = not self.begun
        return self.left

    def run(self, application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """In a thread: hands on each piece but the last, which it returns."""
        waiting.came(self.came)
        with connection.execute_wrapper(self._only_while_awaited):
            return self._run(application, environ)

    def _only_while_awaited(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        # What was refused must not be done later. Also after a statement: if it was the one that
        # waited, raising rolls its transaction back.
        self._require_awaited()
        found = execute(sql, params, many, context)
        self._require_awaited()
        return found

    def _require_awaited(self) -> None:
        if self.left:
            raise DatabaseHangs("this request has already been refused")

    def _run(self, application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        pieces = application(environ, self._start)
        try:
            last = b""
            for piece in pieces:
                if last:
                    self._hand_over(last)
                last = piece
            return last
        finally:
            if close := getattr(pieces, "close", None):
                close()

    def _hand_over(self, piece: bytes) -> None:
        """In a thread: delivers a piece; gives a reader up who takes too little for too long."""
        delivered = asyncio.run_coroutine_threadsafe(self.deliver(piece, more=True), self.loop)
        try:
            delivered.result(DELIVERY_SECONDS)
        except TimeoutError as late:
            delivered.cancel()
            log.info("stream_given_up")
            raise CutOff from late

    async def deliver(self, piece: bytes, *, more: bool) -> None:
        """On the event loop: sends the head, once, and a piece of the body."""
        if self.left:
            return
        self.begun = True
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
