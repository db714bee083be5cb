"""What writes or hashes waits in line, not in every thread: reading pages go on."""

import asyncio
import threading
import time
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from config.bodies import Message
from config.busy import CountTheWait
from config.gates import Gates
from config.pages import Pages
from tests.contracts.test_answer_pages import SCOPE
from tests.patience import happens
from throttling import waiting

HASHES, WRITES = "/sign-in", "/save"


class House:
    """An application in which what is posted waits until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.inside: list[str] = []
        self.waited: list[float] = []
        gates = Gates(writers=2, hashers=1, hashes=lambda path: path == HASHES)
        self.pages = Pages(self.answer, threads=3, largest=10, gates=gates)

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self.inside.append(environ["PATH_INFO"])
            self.free.wait()
            self.waited.append(waiting.waited())
        start("200 OK", [])
        return [b"told"]

    async def ask(self, method: str, path: str) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            pass

        await self.pages({**SCOPE, "method": method, "path": path, "headers": []}, receive, send)

    async def post(self, *paths: str) -> "list[asyncio.Task[None]]":
        """Posts one after the other; waits until as many are inside as are let in."""
        going = [asyncio.create_task(self.ask("POST", path)) for path in paths]
        assert await asyncio.to_thread(happens, lambda: len(self.inside) >= 2)
        return going


def test_reading_goes_on_while_writers_wait() -> None:
    house = House()

    async def test() -> None:
        going = await house.post(*[WRITES] * 5)
        await house.ask("GET", WRITES)
        await house.ask("HEAD", WRITES)
        assert len(house.inside) == 2
        house.free.set()
        await asyncio.gather(*going)

    asyncio.run(test())
    assert len(house.inside) == 5


def test_others_write_while_passwords_are_hashed() -> None:
    house = House()

    async def test() -> None:
        going = await house.post(HASHES, HASHES, HASHES, WRITES)
        assert sorted(house.inside) == [WRITES, HASHES]
        await house.ask("GET", HASHES)
        house.free.set()
        await asyncio.gather(*going)

    asyncio.run(test())
    assert house.inside.count(HASHES) == 3


def test_a_wait_in_line_counts() -> None:
    house = House()
    house.free.set()

    async def test() -> None:
        house.pages.threads.submit(time.sleep, 0.2)
        house.pages.threads.submit(time.sleep, 0.2)
        house.pages.threads.submit(time.sleep, 0.2)
        await house.ask("POST", WRITES)

    asyncio.run(test())
    [waited] = house.waited
    assert waited >= 0.1
    assert waiting.waited() == 0


@pytest.fixture
def came_long_ago() -> Iterator[None]:
    token = waiting._CAME.set(time.monotonic() - 1000)
    yield
    waiting._CAME.reset(token)


def lock_patience() -> str:
    """How long the connection waits for a lock, as the database says it."""
    asked = "SHOW lock_timeout" if connection.vendor == "postgresql" else "PRAGMA busy_timeout"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.usefixtures("came_long_ago")
def test_after_a_long_wait_there_is_no_patience_left_for_locks() -> None:
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(lock_patience())
        return HttpResponse()

    CountTheWait(answer)(HttpRequest())
    assert seen in (["1"], ["1ms"])
    whole = int(settings.DATABASE_PATIENCE_SECONDS)
    assert lock_patience() in (str(whole * 1000), f"{whole}s"), "as before"
