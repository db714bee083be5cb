"""What is sent slowly, or by very many at once, is not held without end."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from config.bodies import SECONDS, Bodies, Message
from config.pages import Pages

SCOPE = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1"}
PATIENT = 60.0


class Sender:
    """A request of ten bytes, whose last part comes when it is let go."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.goes_on = asyncio.Event()
        self.begun = asyncio.Event()
        self.came: list[Message] = []

    async def receive(self) -> Message:
        if not self.begun.is_set():
            self.begun.set()
            return {"type": "http.request", "body": b"01234", "more_body": True}
        await self.goes_on.wait()
        return {"type": "http.request", "body": b"56789", "more_body": False}

    async def send(self, message: Message) -> None:
        self.came.append(message)

    async def ask(self) -> tuple[int, str]:
        """The status and the text of the answer."""
        headers = [(b"content-length", b"10")]
        scope = {**SCOPE, "headers": headers}
        await asyncio.wait_for(self.pages(scope, self.receive, self.send), PATIENT)
        head, *rest = self.came
        return head["status"], b"".join(message["body"] for message in rest).decode()

    def headers(self) -> dict[bytes, bytes]:
        return dict(self.came[0]["headers"])


@pytest.fixture
def acted() -> list[bytes]:
    """What has reached the application."""
    return []


@pytest.fixture
def pages(acted: list[bytes]) -> Pages:
    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        acted.append(environ["wsgi.input"].read())
        start("200 OK", [])
        return [b"done"]

    return Pages(application, threads=1, largest=10)


@asynccontextmanager
async def sending(pages: Pages, count: int) -> AsyncIterator[list[Sender]]:
    """So many that have sent half; afterwards they send the rest and are answered."""
    senders = [Sender(pages) for _ in range(count)]
    asked = [asyncio.ensure_future(sender.ask()) for sender in senders]
    for sender in senders:
        await sender.begun.wait()
    yield senders
    for sender in senders:
        sender.goes_on.set()
    assert await asyncio.gather(*asked) == [(200, "done")] * count


def test_a_body_that_does_not_arrive_is_given_up(pages: Pages, acted: list[bytes]) -> None:
    pages.bodies = Bodies(10, seconds=0.01)

    async def ask() -> Sender:
        sender = Sender(pages)
        status, text = await sender.ask()
        assert status == 408
        assert f"did not arrive within {SECONDS:.0f} seconds, and nothing was done" in text
        return sender

    assert asyncio.run(ask()).headers()[b"connection"] == b"close"
    assert acted == []


def test_one_more_than_is_read_at_once_is_refused_and_the_others_are_not(
    pages: Pages, acted: list[bytes]
) -> None:
    pages.bodies = Bodies(10, seconds=PATIENT, at_once=20)

    async def ask() -> None:
        async with sending(pages, 2):
            third = Sender(pages)
            status, text = await third.ask()
            assert status == 503
            assert "Send it again" in text
            assert third.headers()[b"retry-after"] == b"5"
            assert not third.begun.is_set(), "what is refused is not read"
        fourth = Sender(pages)
        fourth.goes_on.set()
        assert await fourth.ask() == (200, "done")

    asyncio.run(ask())
    assert acted == [b"0123456789"] * 3
