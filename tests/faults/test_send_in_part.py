"""What is sent reaches the web process in part, or so slowly that others would have to wait."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
import requests
from django.conf import settings

from config.asgi import PAGE_THREADS
from config.bodies import LARGE_AT_ONCE, SMALL, SMALL_AT_ONCE
from tests.factories import keyed, make_learner, make_topic
from tests.faults.sheet import Browser, Sheet, begun, fields
from tests.faults.web import Web, web
from tests.patience import LAST_RESORT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Web]:
    """One process for all of these tests: who sends in part leaves nothing behind in it."""
    with web() as started:
        yield started


@pytest.fixture
def sheet(server: Web, transactional_db: None) -> Sheet:
    make_topic("gradients", bank=4)
    return begun(Browser.of(make_learner(), server), "gradients")


def send(sheet: Sheet, body: str, announced: int | None) -> socket.socket:
    """Posts the finish of a test as far as `body` goes; the connection stays open.

    Without a length, it is sent in chunks.
    """
    cookies = "; ".join(f"{name}={value}" for name, value in sheet.browser.cookies.items())
    lines = (
        f"POST {sheet.path}finish/ HTTP/1.1",
        f"Host: 127.0.0.1:{sheet.browser.server.port}",
        f"Cookie: {cookies}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {announced}" if announced else "Transfer-Encoding: chunked",
    )
    connection = socket.create_connection(("127.0.0.1", sheet.browser.server.port), LAST_RESORT)
    connection.sendall("\r\n".join((*lines, "", body)).encode())
    return connection


def whole_form(sheet: Sheet) -> str:
    responses = {answer.position: keyed(answer) for answer in sheet.answers}
    form = {"csrfmiddlewaretoken": sheet.browser.token, **fields(responses)}
    return urlencode(form, doseq=True)


def expect_served(sheet: Sheet) -> None:
    """A page is answered."""
    assert requests.get(sheet.browser.server.url("/"), timeout=LAST_RESORT).status_code == 200


def expect_finished(sheet: Sheet) -> None:
    """A whole form is taken, and graded."""
    body = whole_form(sheet)
    with send(sheet, body, len(body)) as connection:
        assert connection.recv(12) == b"HTTP/1.1 302"
    assert sheet.row.score == 4


def test_a_finish_that_was_cut_off_is_none(sheet: Sheet) -> None:
    body = whole_form(sheet)
    with send(sheet, body.rpartition("&")[0], len(body)):
        pass
    expect_served(sheet)  # after it
    assert sheet.row.is_open
    assert not any(sheet.kept.values())
    expect_finished(sheet)


def test_who_sends_slowly_keeps_nobody_waiting(sheet: Sheet) -> None:
    body = whole_form(sheet)
    with ExitStack() as connections:
        slow = [
            connections.enter_context(send(sheet, body[:-1], len(body)))
            for _ in range(2 * PAGE_THREADS)
        ]
        expect_served(sheet)
        assert sheet.row.is_open
        slow[0].sendall(body[-1:].encode())
        assert slow[0].recv(12) == b"HTTP/1.1 302"
    assert sheet.row.score == 4


def test_more_than_is_taken_is_refused_before_it_is_sent(sheet: Sheet) -> None:
    with send(sheet, "a=", 2**30) as connection:
        assert connection.recv(12) == b"HTTP/1.1 413"
    assert sheet.row.is_open


def test_what_is_sent_in_chunks_is_refused(sheet: Sheet) -> None:
    body = whole_form(sheet)
    with send(sheet, f"{len(body):x}\r\n{body}\r\n0\r\n\r\n", None) as connection:
        assert connection.recv(12) == b"HTTP/1.1 411"
    assert sheet.row.is_open
    assert not any(sheet.kept.values())


def test_who_only_announces_keeps_nobody_out(sheet: Sheet) -> None:
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    with ExitStack() as connections:
        for _ in range((LARGE_AT_ONCE + SMALL_AT_ONCE) // largest + 10):
            connections.enter_context(send(sheet, "", largest))
        expect_served(sheet)
        expect_finished(sheet)


def test_who_stops_halfway_keeps_nobody_out(sheet: Sheet) -> None:
    with ExitStack() as connections:
        for _ in range(SMALL_AT_ONCE // SMALL + 10):
            connections.enter_context(send(sheet, "x" * (SMALL - 1), SMALL))
        expect_served(sheet)
        expect_finished(sheet)
