"""What is sent slowly, or by very many at once, is not held without end."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from config.bodies import SECONDS, SMALL, Bodies, Message
from config.pages import Pages

SCOPE = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "http_version": "1.1"}
PATIENT = 60.0


class Sender:
    """A request whose last part comes when it is let go; ten bytes, five of them at the end."""

    def __init__(self, pages: Pages, first: bytes = b"01234", last: bytes = b"56789") -> None:
        self.pages = pages
        self.first, self.last = first, last
        self.goes_on = asyncio.Event()
        self.begun = asyncio.Event()
        self.waits = asyncio.Event()
        self.came: list[Message] = []

    async def receive(self) -> Message:
        if not self.begun.is_set():
            self.begun.set()
            if self.first:
                return {"type": "http.request", "body": self.first, "more_body": True}
        self.waits.set()
        await self.goes_on.wait()
        return {"type": "http.request", "body": self.last, "more_body": False}

    async def send(self, message: Message) -> None:
        self.came.append(message)

    async def ask(self) -> tuple[int, str]:
        """The status and the text of the answer."""
        announced = len(self.first) + len(self.last)
        scope = {**SCOPE, "headers": [(b"content-length", str(announced).encode())]}
        try:
            await asyncio.wait_for(self.pages(scope, self.receive, self.send), PATIENT)
        finally:
            self.waits.set()  # no more: it may have been refused at its first part
        head, *rest = self.came
        return head["status"], b"".join(message["body"] for message in rest).decode()

    async def ask_at_once(self) -> tuple[int, str]:
        self.goes_on.set()
        return await self.ask()

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
async def sending(senders: list[Sender]) -> AsyncIterator[list["asyncio.Task[tuple[int, str]]"]]:
    """All have sent their first part, one after the other; afterwards they send the rest."""
    asked = []
    for sender in senders:
        asked.append(asyncio.create_task(sender.ask()))
        await sender.waits.wait()
    yield asked
    for sender in senders:
        sender.goes_on.set()
    await asyncio.gather(*asked)


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


def test_what_is_only_announced_keeps_nobody_out(pages: Pages, acted: list[bytes]) -> None:
    pages.bodies = Bodies(10, seconds=PATIENT, small_at_once=10)

    async def ask() -> None:
        async with sending([Sender(pages, b"", b"x" * 10) for _ in range(20)]):
            assert await Sender(pages).ask_at_once() == (200, "done")

    asyncio.run(ask())
    assert acted[0] == b"0123456789"


def test_who_stops_halfway_gives_way_to_who_goes_on(pages: Pages, acted: list[bytes]) -> None:
    pages.bodies = Bodies(10, seconds=PATIENT, small_at_once=12)

    async def ask() -> None:
        senders = [Sender(pages), Sender(pages)]
        async with sending(senders) as asked:
            assert await Sender(pages).ask_at_once() == (200, "done")
            status, text = await asked[0]
            assert status == 503
            assert "nothing was done with what you sent. Send it again" in text
            headers = senders[0].headers()
            assert (headers[b"retry-after"], headers[b"connection"]) == (b"5", b"close")

    asyncio.run(ask())
    assert acted == [b"0123456789"]


def test_who_gave_way_leaves_its_place_to_others(pages: Pages, acted: list[bytes]) -> None:
    pages.bodies = Bodies(10, seconds=PATIENT, small_at_once=10)

    async def ask() -> list[int]:
        senders = [Sender(pages) for _ in range(6)]
        async with sending(senders) as asked:
            last_two = senders[-2:]
            await asyncio.gather(*asked[:-2])
            last_two[0].goes_on.set()
            await asked[-2]
        assert await Sender(pages).ask_at_once() == (200, "done")
        return [(await one)[0] for one in asked]

    assert asyncio.run(ask()) == [503, 503, 503, 503, 503, 200]


class AtTheSameTime(Sender):
    """One whose whole request comes in the moment in which the rest of another one's does."""

    def __init__(self, pages: Pages, other: Sender) -> None:
        super().__init__(pages)
        self.other = other

    async def receive(self) -> Message:
        self.other.goes_on.set()
        return {"type": "http.request", "body": self.first + self.last, "more_body": False}


def test_nothing_is_done_with_the_rest_of_what_gave_way(pages: Pages, acted: list[bytes]) -> None:
    pages.bodies = Bodies(10, seconds=PATIENT, small_at_once=10)

    async def ask() -> None:
        first = Sender(pages)
        async with sending([first]) as asked:
            assert await AtTheSameTime(pages, first).ask() == (200, "done")
            assert (await asked[0])[0] == 503

    asyncio.run(ask())
    assert acted == [b"0123456789"]


class Held:
    """Large bodies that have come are not answered before they go on."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)
        self.goes_on = threading.Event()


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def holding(held: Held) -> Pages:
    def application(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if len(environ["wsgi.input"].read()) > SMALL:
            held.came.release()
            held.goes_on.wait(PATIENT)
        start("200 OK", [])
        return [b"done"]

    return Pages(application, threads=3, largest=SMALL + 1)


def test_whole_bodies_count_until_they_are_answered(holding: Pages, held: Held) -> None:
    holding.bodies = Bodies(SMALL + 1, seconds=PATIENT, large_at_once=2 * SMALL + 10)

    async def ask() -> None:
        def large() -> Sender:
            return Sender(holding, b"x" * SMALL, b"x")

        first, second, third, fourth = (large() for _ in range(4))
        async with sending([first, second]) as asked:
            first.goes_on.set()
            second.goes_on.set()
            for _ in asked:
                await asyncio.to_thread(held.came.acquire)
            assert (await third.ask_at_once())[0] == 503
            held.goes_on.set()
            assert [await one for one in asked] == [(200, "done")] * 2
        assert await fourth.ask_at_once() == (200, "done")

    asyncio.run(ask())


def test_large_bodies_keep_no_small_one_out(holding: Pages, held: Held) -> None:
    holding.bodies = Bodies(SMALL + 1, seconds=PATIENT, large_at_once=SMALL + 1, small_at_once=10)

    async def ask() -> None:
        async with sending([Sender(holding, b"x" * SMALL, b"x")]) as asked:
            assert await Sender(holding).ask_at_once() == (200, "done")
            held.goes_on.set()
        assert await asked[0] == (200, "done")

    asyncio.run(ask())
