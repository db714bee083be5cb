"""A database that is locked or away is answered with "come back soon"."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from training_jobs import queries


def answer(monkeypatch: pytest.MonkeyPatch, error: Exception) -> tuple[int, str | None, str]:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(queries, "published_experiment", broken)
    client = Client(raise_request_exception=False)
    response = client.get("/experiments/small/")
    return response.status_code, response.get("Retry-After"), response.content.decode()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database is locked"),
        OperationalError("server closed the connection unexpectedly"),
        InterfaceError("connection already closed"),
    ],
)
def test_it_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    status, retry_after, page = answer(monkeypatch, error)
    assert (status, retry_after) == (503, "10")
    assert "10 seconds" in page


@pytest.mark.django_db
def test_a_middleware_that_cannot_read_the_session_is_answered_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_response", locked
    )
    assert Client(raise_request_exception=False).get("/").status_code == 503


@pytest.mark.parametrize("error", [OperationalError("no such table: runs"), ValueError("a bug")])
def test_what_waiting_does_not_mend_stays_an_error(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    status, retry_after, page = answer(monkeypatch, error)
    assert (status, retry_after) == (500, None)
    assert "broke" in page
