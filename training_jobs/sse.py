"""The ASGI endpoint of a run's stream: who may watch, from where on, and until when."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest

from accounts.learners import current_learner
from accounts.sessions import Entry, entry_of
from database.watch import DATABASE
from training_jobs import shared_places, stream, stream_places
from training_jobs.models import Run
from training_jobs.queries import viewable_run
from training_jobs.stream_door import DOOR
from training_jobs.stream_places import PLACES, NoPlaceError
from training_jobs.stream_rows import ask, has_news

log = structlog.get_logger("weightwise.stream")

Scope = dict[str, Any]
PATH = re.compile(r"/runs/(?P<run>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/events")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that collects the stream would hold it back
    (b"x-content-type-options", b"nosniff"),
]


def streamed_run(path: str) -> UUID | None:
    """The run whose live events this path asks for; None for any other path."""
    match = PATH.fullmatch(path)
    return UUID(match["run"]) if match else None


def last_seen(request: HttpRequest) -> int:
    """The number of the last event that the client has; 0 if none, or no valid one, is given.

    A browser that reconnects by itself sends a header and repeats its address, so the header is
    newer. A script that opens a new EventSource cannot set headers, and puts it in the address.
    """
    told = request.headers.get("Last-Event-ID", ""), request.GET.get("after", "")
    return max(int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0 for value in told)


@dataclass(frozen=True)
class _Request:
    """A viewer, the run to watch, and the number of the last event that they have.

    `viewer` names a learner or, before there is one, a session; None if there is neither. `entry`
    is what they were let in by; None if everybody may watch.
    """

    run: Run
    after: int
    viewer: str | None
    has_news: bool
    entry: Entry | None


def _understood(scope: Scope, run_id: UUID) -> _Request:
    """The request, if this run is theirs to see: the same rule of access as the run's page."""
    request = ASGIRequest(scope, BytesIO())
    request.get_host()  # raises for a host that is not ours
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    learner = current_learner(request)
    run = viewable_run(run_id, learner)
    after = last_seen(request)
    # The session's key last: one that was made up is dropped when the session is read.
    viewer = f"learner {learner.pk}" if learner else request.session.session_key
    entry = None if run.is_reference else entry_of(request)
    return _Request(run, after, viewer, has_news(run, after), entry)


async def serve(run_id: UUID, scope: Scope, receive: Any, send: Any) -> None:
    """Answers a stream's request: 200 and events, 204 when no more will come, or a refusal.

    405, 400 for a strange host, 404; 429 when this learner watches too many runs already, 503 when
    this process has no place left, is about to stop, or cannot ask its database.
    """
    if scope["method"] != "GET":
        await _answer(send, 405, [(b"allow", b"GET")])
        return
    try:
        await _serve(run_id, scope, receive, send)
    except Http404:
        await _answer(send, 404)
    except SuspiciousOperation:
        await _answer(send, 400)
    except NoPlaceError as refusal:
        await _refuse(send, refusal)


async def _serve(run_id: UUID, scope: Scope, receive: Any, send: Any) -> None:
    if stream.HUB.closing:
        raise NoPlaceError(503, 1, "This server is about to stop; another one takes over.")
    if DATABASE.hangs:
        raise NoPlaceError(503, 5, "The database does not answer; please wait a moment.")
    PLACES.require_any()  # before any query: whom we cannot serve should cost us nothing
    try:
        asked = asyncio.create_task(ask(_understood, scope, run_id))
        request = await DATABASE.answered(asked)
    except DatabaseError as error:
        log.warning("stream_refused", run=str(run_id), error=str(error))
        raise NoPlaceError(503, 5, "The database does not answer; please wait a moment.") from error
    if request.has_news:
        with PLACES.take(request.viewer):
            async with _shared_place(request.viewer):
                await _stream_while_connected(request, receive, send)
    else:
        await _answer(send, 204)  # tells an EventSource not to come back


@asynccontextmanager
async def _shared_place(viewer: str | None) -> AsyncIterator[None]:
    """One of this viewer's places in all processes, for as long as the block lasts."""
    if viewer is None:
        yield
        return
    most = settings.STREAMS_PER_LEARNER
    lease = await asyncio.to_thread(shared_places.SHARED.take, viewer, most)
    if lease is None:
        raise NoPlaceError(429, 5, stream_places.TOO_MANY.format(most=most))
    try:
        yield
    finally:
        # Not awaited: nobody watches any more, and a lease that is not given back expires.
        asyncio.get_running_loop().run_in_executor(None, shared_places.SHARED.give_back, lease)


async def _refuse(send: Any, refusal: NoPlaceError) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"retry-after", str(refusal.seconds).encode()),
    ]
    body = json.dumps({"error": str(refusal)}).encode()
    await _answer(send, refusal.status, headers, body)


async def _answer(
    send: Any, status: int, headers: list[tuple[bytes, bytes]] | None = None, body: bytes = b""
) -> None:
    headers = [*(headers or []), (b"cache-control", b"no-store")]
    if status != HTTPStatus.NO_CONTENT:  # which has no body, and so no length
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream_while_connected(request: _Request, receive: Any, send: Any) -> None:
    # Sending is a task of its own, ended from here also when the client left before the headers: a
    # generator's `finally` alone does not run then.
    sending = asyncio.create_task(_send_all(request, send))
    leaving = asyncio.create_task(_disconnected(receive))
    shown_out = asyncio.create_task(DOOR.ended(request.entry))
    tasks = {sending, leaving, shown_out}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if sending.cancelled() and not shown_out.cancelled():
        await send({"type": "http.response.body", "body": b""})  # those who may watch reconnect


async def _send_all(request: _Request, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    chunks = stream.HUB.follow(request.run, request.after)
    try:
        async for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except DatabaseError as error:  # the browser comes back and goes on where it was
        log.warning("stream_cut", run=str(request.run.id), error=str(error))
    finally:
        await chunks.aclose()
    await send({"type": "http.response.body", "body": b""})


async def _disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
