"""What anybody can send by the thousand is no error in the log, so that errors can be seen."""

import io
import logging
from http.client import INTERNAL_SERVER_ERROR

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.factories import make_topic

pytestmark = pytest.mark.django_db


def test_a_refused_request_is_a_warning_without_a_traceback(
    log: io.StringIO, settings: Settings
) -> None:
    make_topic("gradients", practice=2, bank=12)
    client = Client(raise_request_exception=False)
    settings.QUEUE_GUEST_RUNS = 0
    answers = [
        client.get("/", headers={"Host": "evil.example"}),
        client.get("/", headers={"Host": "a\x7fb"}),
        client.post("/accounts/login/", b"x", content_type="multipart/form-data"),
        client.post("/accounts/login/", {f"a{number}": "" for number in range(2000)}),
        client.get("/no-such-page/"),
        client.post("/experiments/gradients-run/"),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400, 404, 503]
    told = log.getvalue()
    assert "Traceback" not in told
    assert "[error" not in told
    assert told.count("[warning") >= len(answers)


def test_an_error_of_ours_stays_one(log: io.StringIO) -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("django.request").exception(
            "Internal Server Error", extra={"status_code": INTERNAL_SERVER_ERROR}
        )
    assert "[error" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()
