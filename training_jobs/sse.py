"""The ASGI endpoint of a run's stream: who may watch, from where on, and until when."""

import asyncio
import re
from importlib import import_module
from io import BytesIO
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404

from accounts.learners import current_learner
from training_jobs.models import Run
from training_jobs.queries import viewable_run
from training_jobs.stream import ask, follow

Scope = dict[str, Any]
PATH = re.compile(r"/runs/(?P<run>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/events")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # a proxy that collects the stream would hold it back
    (b"x-content-type-options", b"nosniff"),
]


def streamed_run(scope: Scope) -> UUID | None:
    """The run whose live events this request is for; None when it is for something else."""
    match = PATH.fullmatch(scope["path"]) if scope["type"] == "http" else None
    return UUID(match["run"]) if match else None


def last_event_id(value: str) -> int:
    """The number after which to go on: 0 for a header that is missing or makes no sense."""
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0


def _viewed_run(scope: Scope, run_id: UUID) -> tuple[Run, int]:
    """The run and the last number this viewer has; the same rule of access as the run's page."""
    request = ASGIRequest(scope, BytesIO())
    request.get_host()  # raises for a host that is not ours
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    run = viewable_run(run_id, current_learner(request))
    return run, last_event_id(request.headers.get("Last-Event-ID", ""))


async def serve(run_id: UUID, scope: Scope, receive: Any, send: Any) -> None:
    """Answers a stream's request: 200 and events, 204 when nothing will come any more, or 4xx."""
    if scope["method"] != "GET":
        await _answer(send, 405, [(b"allow", b"GET")])
        return
    try:
        run, after = await ask(_viewed_run, scope, run_id)
    except Http404:
        await _answer(send, 404)
    except SuspiciousOperation:
        await _answer(send, 400)
    else:
        if not run.is_active and after >= run.last_seq:
            await _answer(send, 204)  # tells an EventSource not to come back
        else:
            await _stream_while_connected(run_id, after, receive, send)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    await send({"type": "http.response.body", "body": b""})


async def _stream_while_connected(run_id: UUID, after: int, receive: Any, send: Any) -> None:
    # The stream's place is given back in a task of its own, which also ends when the client left
    # before the headers: a generator's `finally` alone does not run then.
    sending = asyncio.create_task(_send_all(run_id, after, send))
    leaving = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)


async def _send_all(run_id: UUID, after: int, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    frames = follow(run_id, after)
    try:
        async for chunk in frames:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        await frames.aclose()
    await send({"type": "http.response.body", "body": b""})


async def _disconnected(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
