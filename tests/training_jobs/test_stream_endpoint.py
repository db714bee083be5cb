"""The stream's endpoint: who is let in, how many, and that a place always comes back."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from accounts.models import Learner, Session, User
from tests.factories import client_of, make_learner, make_user
from tests.training_jobs.factories import make_claimed, make_finished
from tests.training_jobs.streaming import in_loop, numbers, until
from training_jobs import sse, stream, stream_door
from training_jobs.models import Run
from training_jobs.stream import Hub
from training_jobs.stream_places import OPEN, Places

pytestmark = pytest.mark.django_db(transaction=True)
Headers = dict[str, str]
SESSION = "sessionid"


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> Places:
    """A hub and places of this test's own."""
    monkeypatch.setattr(stream, "HUB", Hub())
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.02)
    places = Places()
    monkeypatch.setattr(sse, "PLACES", places)
    return places


class Connection:
    """One request as a server hands it on, and what was answered."""

    def __init__(self, run: Run | None, headers: Headers | None = None, **changes: Any) -> None:
        sent = {"host": "testserver", **(headers or {})}
        self.run_id = run.id if run else uuid4()
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": f"/runs/{self.run_id}/events",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            **changes,
        }
        self.gone = asyncio.Event()
        self.messages: list[dict[str, Any]] = []
        self.task = asyncio.create_task(
            sse.serve(self.run_id, self.scope, self._receive, self._send)
        )

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.messages.append(message)

    async def close(self) -> None:
        self.gone.set()
        await self.task

    async def until_answered(self) -> int:
        await until(lambda: bool(self.messages))
        status: int = self.messages[0]["status"]
        return status

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.messages[0]["headers"])

    @property
    def chunks(self) -> list[bytes]:
        return [message["body"] for message in self.messages[1:]]


def cookie(client: Client) -> Headers:
    return {"cookie": f"{SESSION}={client.cookies[SESSION].value}"}


async def open_until(run: Run, most: int, headers: Headers) -> tuple[list[Connection], Connection]:
    """`most` open streams, and one more."""
    opened = []
    for _ in range(most):
        opened.append(Connection(run, headers))
        assert await opened[-1].until_answered() == 200
    refused = Connection(run, headers)
    await refused.task
    return opened, refused


def test_an_ended_run_is_sent_whole_in_one_message() -> None:
    run = make_finished()

    async def test() -> None:
        connection = Connection(run)
        await connection.task
        assert connection.messages[0]["status"] == 200
        assert connection.headers[b"content-type"].startswith(b"text/event-stream")
        assert numbers(connection.chunks[:1]) == list(range(1, run.last_seq + 1))
        assert connection.messages[-1] == {"type": "http.response.body", "body": b""}

    in_loop(test())


@pytest.mark.parametrize(
    ("headers", "query", "first"),
    [
        ({}, b"after=3", 4),
        ({"last-event-id": "5"}, b"after=3", 6),  # a browser repeats the address it had
        ({"last-event-id": "2"}, b"", 3),
        ({}, b"after=-1", 1),
        ({}, b"after=10000000000", 1),
    ],
)
def test_it_goes_on_after_what_the_viewer_has(headers: Headers, query: bytes, first: int) -> None:
    run = make_finished()
    snapshot = Client().get(f"/runs/{run.id}.json", QUERY_STRING=query.decode(), headers=headers)
    expected = list(range(first, run.last_seq + 1))
    assert [it["id"] for it in snapshot.json()["events"]] == expected

    async def test() -> None:
        connection = Connection(run, headers, query_string=query)
        await connection.task
        assert numbers(connection.chunks) == expected

    in_loop(test())


@pytest.mark.parametrize(
    ("headers", "changes", "status"),
    [
        ({}, {"method": "POST"}, 405),
        ({"host": "evil.example"}, {}, 400),
        ({"last-event-id": "99"}, {}, 204),
    ],
)
def test_what_is_not_streamed(headers: Headers, changes: dict[str, Any], status: int) -> None:
    run = make_finished()

    async def test() -> None:
        connection = Connection(run, headers, **changes)
        await connection.task
        assert connection.messages[0]["status"] == status

    in_loop(test())


def test_a_run_is_its_learners_alone() -> None:
    owner, other = Learner.objects.create(), Learner.objects.create()
    run = make_finished(owner)
    allowed, refused = cookie(client_of(owner)), cookie(client_of(other))

    async def test() -> None:
        for run_or_none, headers, status in [
            (run, allowed, 200),
            (run, refused, 404),
            (run, {}, 404),
            (None, allowed, 404),
        ]:
            connection = Connection(run_or_none, headers)
            await connection.task
            assert connection.messages[0]["status"] == status

    in_loop(test())


def test_a_history_that_was_removed_has_nothing_to_stream() -> None:
    run = make_finished()
    run.events.all().delete()

    async def test() -> None:
        connection = Connection(run)
        await connection.task
        assert connection.messages[0]["status"] == 204

    in_loop(test())


def test_a_learner_has_so_many_streams_and_is_told(settings: Settings) -> None:
    settings.STREAMS_PER_LEARNER = 3
    learner = Learner.objects.create()
    run, headers = make_claimed(learner), cookie(client_of(learner))
    again = cookie(client_of(learner))  # another session of the same learner counts with it

    async def test() -> None:
        opened, refused = await open_until(run, 3, headers)
        assert refused.messages[0]["status"] == 429
        assert refused.headers[b"retry-after"] == b"5"
        assert "Only 3 runs" in json.loads(refused.chunks[0])["error"]
        other_session = Connection(run, again)
        assert await other_session.until_answered() == 429
        await opened.pop().close()
        freed = Connection(run, headers)
        assert await freed.until_answered() == 200
        for connection in (*opened, freed):
            await connection.close()

    in_loop(test())


def test_a_full_process_says_so_before_it_asks_the_database(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STREAMS_PER_PROCESS = 2
    run = make_claimed()

    async def test() -> None:
        opened = [Connection(run) for _ in range(2)]
        assert [await connection.until_answered() for connection in opened] == [200, 200]
        monkeypatch.setattr(sse, "_understood", lambda *_: pytest.fail("asked"))
        refused = Connection(run)
        await refused.task
        assert refused.messages[0]["status"] == 503
        assert refused.headers[b"retry-after"] == b"5"
        assert "two seconds" in json.loads(refused.chunks[0])["error"]
        for connection in opened:
            await connection.close()

    in_loop(test())


def test_strangers_leave_places_for_learners(settings: Settings) -> None:
    settings.STREAMS_OF_STRANGERS = 2
    run = make_claimed()
    known = cookie(client_of(Learner.objects.create()))

    async def test() -> None:
        opened, refused = await open_until(run, 2, {})
        assert refused.messages[0]["status"] == 429
        made_up = Connection(run, {"cookie": f"{SESSION}=madeup"})
        assert await made_up.until_answered() == 429
        learner = Connection(run, known)
        assert await learner.until_answered() == 200
        for connection in (*opened, learner):
            await connection.close()

    in_loop(test())


def test_who_leaves_before_the_headers_leaves_no_place_behind(places: Places) -> None:
    run = make_claimed()

    async def test() -> None:
        before = OPEN._value.get()
        connections = [Connection(run) for _ in range(50)]
        for connection in connections:
            connection.gone.set()
        await asyncio.gather(*(connection.task for connection in connections))
        assert places._taken.total() == 0
        assert not places._taken
        assert OPEN._value.get() == before
        assert not stream.HUB.feeds

    in_loop(test())


def test_a_send_that_fails_gives_the_place_back(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_claimed()

    async def test() -> None:
        async def fail(_: Connection, message: dict[str, Any]) -> None:
            raise ConnectionResetError

        monkeypatch.setattr(Connection, "_send", fail)
        await Connection(run).task
        assert places._taken.total() == 0
        assert not stream.HUB.feeds

    in_loop(test())


def test_a_database_that_does_not_answer_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_claimed()

    def fail(*_: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(sse, "_understood", fail)

    async def test() -> None:
        connection = Connection(run)
        await connection.task
        assert connection.messages[0]["status"] == 503
        assert "locked" not in json.loads(connection.chunks[0])["error"]

    in_loop(test())


def test_a_stopping_process_ends_its_streams_and_takes_no_more() -> None:
    run = make_claimed()

    async def test() -> None:
        connection = Connection(run)
        assert await connection.until_answered() == 200
        stream.HUB.close()
        await connection.task
        assert connection.messages[-1] == {"type": "http.response.body", "body": b""}
        refused = Connection(run)
        await refused.task
        assert refused.messages[0]["status"] == 503

    in_loop(test())


@pytest.mark.parametrize("how", ["sign out", "deactivate", "delete"])
def test_a_stream_ends_soon_after_its_session_and_no_other_does(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_door, "ASK_SECONDS", 0.02)
    user = make_user("ada")
    somebody = make_learner()
    run, others = make_claimed(make_learner(user)), make_claimed(somebody)
    watching, guest = client_of(user), client_of(somebody)
    deeds = {
        "sign out": lambda: watching.post("/accounts/logout/"),
        "deactivate": lambda: User.objects.filter(pk=user.pk).update(is_active=False),
        "delete": lambda: Session.objects.filter(user=user).delete(),
    }

    async def test() -> None:
        mine, theirs = Connection(run, cookie(watching)), Connection(others, cookie(guest))
        assert (await mine.until_answered(), await theirs.until_answered()) == (200, 200)
        await sync_to_async(deeds[how])()
        await mine.task
        assert mine.messages[-1] == {"type": "http.response.body", "body": b""}
        assert not theirs.task.done()
        again = Connection(run, cookie(watching))
        assert await again.until_answered() == 404
        await theirs.close()

    in_loop(test())
