"""A page goes out as one piece, a stream piece by piece, and its thread is there for the next."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from config.pages import Message, Pages

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
