"""A page goes out as one piece, a stream piece by piece, and its thread is there for the next."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from django.db import OperationalError, connection, connections
from pytest_django.plugin import DjangoDbBlocker

from config.bodies import Message
from config.pages import HANGS, Pages
from config.static_files import asks_nothing
from database import watch
from database.watch import DatabaseHangs, Watch
from tests.patience import happens

SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "http_version": "1.1"}
Answering = Callable[[WSGIEnvironment], Iterable[bytes]]


def ask(answering: Answering, sent: bytes = b"") -> list[Message]:
    """What goes out when `sent` has come in."""

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        pieces = answering(environ)
        start("200 OK", [("X-Odd", "é")])
        return pieces

    came: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Message) -> None:
        came.append(message)

    pages = Pages(application, threads=1, largest=10)
    headers = [(b"content-length", str(len(sent)).encode())]
    asyncio.run(pages({**SCOPE, "headers": headers}, receive, send))
    return came


def bodies(messages: list[Message]) -> list[tuple[bytes, bool]]:
    head, *rest = messages
    assert (head["type"], head["status"]) == ("http.response.start", 200)
    assert head["headers"] == [(b"x-odd", "é".encode("latin1"))]
    return [(message["body"], message["more_body"]) for message in rest]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([], [(b"", False)]),
        ([b"page"], [(b"page", False)]),
        ([b"a", b"", b"b", b"c"], [(b"a", True), (b"b", True), (b"c", False)]),
    ],
)
def test_pieces_go_out_in_order_after_one_head(
    pieces: list[bytes], expected: list[tuple[bytes, bool]]
) -> None:
    assert bodies(ask(lambda environ: pieces)) == expected


def test_a_stream_is_sent_while_it_is_made() -> None:
    sent: list[Message] = []

    def rows(environ: WSGIEnvironment) -> Iterator[bytes]:
        yield b"first"
        yield b"second"
        assert [message.get("body") for message in sent[1:]] == [b"first"]
        yield b"third"

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("there is nothing to read")

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        return rows(environ)

    pages = Pages(application, threads=1, largest=10)
    asyncio.run(pages({**SCOPE, "headers": []}, receive, send))
    assert [message.get("body") for message in sent[1:]] == [b"first", b"second", b"third"]


def test_what_is_sent_is_read_in_a_thread_of_its_own() -> None:
    read = []

    def answering(environ: WSGIEnvironment) -> list[bytes]:
        read.append((environ["wsgi.input"].read(), threading.current_thread().name))
        return []

    ask(answering, b"0123456789")
    ask(answering, b"more than ten bytes")
    assert [body for body, _ in read] == [b"0123456789", b""]
    assert all(name.startswith("page") for _, name in read)


def test_a_page_that_fails_is_closed_and_the_failure_told() -> None:
    class Broken:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            raise ValueError("broken")

        def close(self) -> None:
            self.closed = True

    broken = Broken()
    with pytest.raises(ValueError, match="broken"):
        ask(lambda environ: broken)
    assert broken.closed


def test_a_reader_who_takes_nothing_does_not_keep_the_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("config.pages.DELIVERY_SECONDS", 0.05)
    closed: list[str] = []

    def rows() -> Iterator[bytes]:
        try:
            while True:
                yield b"row"
        finally:
            closed.append(threading.current_thread().name)

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        return rows() if environ["PATH_INFO"] == "/export" else [b"page"]

    came: list[Message] = []

    async def receive() -> Any:
        raise AssertionError("there is nothing to read")

    async def never_taken(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def send(message: Message) -> None:
        came.append(message)

    async def test() -> None:
        pages = Pages(application, threads=1, largest=10)
        await pages({**SCOPE, "path": "/export", "headers": []}, receive, never_taken)
        await pages({**SCOPE, "headers": []}, receive, send)

    asyncio.run(test())
    assert len(closed) == 1
    assert came[-1]["body"] == b"page"


class Stuck:
    """An application whose database answers nothing until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.asked: list[bool] = []
        self.outcomes: list[str] = []

    def ask(self) -> None:
        self.free.wait()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        self.asked.append(HANGS in environ)
        start("503 Come back" if HANGS in environ else "200 OK", [])
        if HANGS not in environ:
            self.free.wait()
            self.outcomes.append(self.statement())
        return [b"told"]

    def statement(self) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseHangs:
            return "refused"
        return "done"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SUSPICIOUS_SECONDS", 0.01)
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.02)


async def status_of(pages: Pages, path: str = "/") -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("there is nothing to read")

    await pages({**SCOPE, "path": path, "headers": []}, receive, send)
    status: int = sent[0]["status"]
    return status


@pytest.mark.usefixtures("impatient", "django_db_setup")
def test_what_waits_for_a_database_that_hangs_is_refused_and_not_done_later(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    stuck = Stuck()
    pages = Pages(stuck, threads=1, largest=10, watch=Watch(stuck.ask))

    async def test() -> None:
        # More than there are threads: those that never got one are refused, too.
        assert await asyncio.gather(*(status_of(pages) for _ in range(3))) == [503] * 3
        before = len(stuck.asked)
        assert await status_of(pages) == 503
        assert stuck.asked[before:] == [True]  # at once: it took no thread of the pages
        stuck.free.set()
        while pages.watch.hangs:  # noqa: ASYNC110  (the watch knows no events)
            await asyncio.sleep(0.01)
        assert await status_of(pages) == 200

    with django_db_blocker.unblock():
        asyncio.run(test())
    # Its thread has a connection, which would keep the test database from being removed.
    pages.threads.submit(connections.close_all).result()
    assert stuck.outcomes == ["refused", "done"]


@pytest.mark.usefixtures("impatient")
def test_a_page_that_is_merely_slow_is_waited_for() -> None:
    looked: list[bool] = []

    def slow(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        start("200 OK", [])
        while len(looked) < 3:
            time.sleep(0.01)
        return [b"told"]

    pages = Pages(slow, threads=1, largest=10, watch=Watch(lambda: looked.append(True)))
    assert asyncio.run(status_of(pages)) == 200


@pytest.mark.usefixtures("impatient")
def test_what_asks_no_database_is_answered_meanwhile() -> None:
    stuck = Stuck()

    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/healthz":
            start("200 OK", [])
            return [b"ok"]
        return stuck(environ, start)

    pages = Pages(
        application, threads=1, largest=10, asks_nothing=asks_nothing, watch=Watch(stuck.ask)
    )

    async def test() -> None:
        waiting = asyncio.create_task(status_of(pages))
        assert await status_of(pages, "/healthz") == 200
        assert await waiting == 503
        assert await status_of(pages, "/healthz") == 200
        stuck.free.set()

    asyncio.run(test())


def test_a_refusal_is_an_answer_and_a_time_limit_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is down fails every page by itself; one that hangs may end in time-outs."""
    monkeypatch.setattr(watch, "SUSPICIOUS_SECONDS", 0.01)
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.02)
    tries: list[float] = []

    def fails() -> None:
        tries.append(0.05 if len(tries) < 3 else 0)
        threading.Event().wait(tries[-1])
        raise OperationalError("connection failed")

    watching = Watch(fails)
    watching.suspect()
    assert happens(lambda: watching.hangs)
    assert happens(lambda: not watching.hangs)
    assert tries == [0.05, 0.05, 0.05, 0]


@pytest.mark.usefixtures("impatient")
def test_a_question_that_goes_wrong_by_itself_refuses_no_page_and_is_asked_again() -> None:
    """As when the pool of threads, or memory, is exhausted: that is no answer, and no silence."""
    tries: list[bool] = []

    def fails() -> None:
        tries.append(True)
        if len(tries) == 1:
            raise RuntimeError("can't start new thread")

    watching = Watch(fails)
    watching.suspect()
    assert happens(lambda: bool(tries) and not watching._suspected.is_set())
    assert not watching.hangs
    watching.suspect()
    assert happens(lambda: len(tries) == 2)
