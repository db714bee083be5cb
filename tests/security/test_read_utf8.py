"""What is sent is read as UTF-8; another charset is refused in words, and logged.

Through the server's own application: Django's test client builds its requests without it.
"""

import io
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory

from config.wsgi import application
from tests.factories import PASSWORD, make_user

FORM = "application/x-www-form-urlencoded"
LOGIN = "/accounts/login/"
TOKEN = "a" * 32  # any will do that is both in the cookie and in the form
ODD = ["utf-7", "UTF-7", "utf-16", "latin-1", "rot13", "base64", "hex", "zlib", "undefined"]
ODD += ["idna", "punycode", "unicode_escape", "utf-8-sig", "no-such-charset", "x" * 300, "a\0b"]


@pytest.fixture(autouse=True)
def connection_kept() -> Iterator[None]:
    """As with the test client: a server would begin by closing the connection of the test."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def answered(method: str, query: str, body: bytes, kind: str) -> tuple[int, str]:
    """What the server answers: status and text."""
    statuses: list[str] = []
    environ = RequestFactory().get("/").META | {
        "REQUEST_METHOD": method,
        "PATH_INFO": LOGIN,
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_COOKIE": f"{settings.CSRF_COOKIE_NAME}={TOKEN}",
        "wsgi.input": io.BytesIO(body),
    }
    pieces = application(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type]
    return int(statuses[0].split()[0]), b"".join(pieces).decode()


# Refused before the database is asked: it has no `django_db`, and is not repeated on PostgreSQL.
@pytest.mark.parametrize("charset", ODD)
@pytest.mark.parametrize(
    "kind",
    [
        f"{FORM}; charset=ODD",
        f'{FORM}; CharSet = "ODD"',
        f"{FORM}; charset*=ODD''utf-8",
        f"{FORM}; other*=ODD''x",
        "multipart/form-data; boundary=b; charset=ODD",
        "text/plain;charset=ODD",
    ],
)
def test_another_charset_is_refused(
    charset: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, text = answered("POST", "", b"login=ada", kind.replace("ODD", charset))
    assert status == 415
    assert "UTF-8" in text
    assert "'status': 415" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "utf8", "Utf_8"])
def test_its_own_names_are_taken(charset: str) -> None:
    """The name and the token are found in what was sent: somebody is signed in."""
    make_user("andré")
    form = {"login": "andré", "password": PASSWORD, "csrfmiddlewaretoken": TOKEN}
    status, text = answered("POST", "", urlencode(form).encode(), f"{FORM}; charset={charset}")
    assert (status, text) == (302, "")


@pytest.mark.parametrize("charset", ODD)
def test_an_address_is_read_as_utf8_whatever_a_get_declares(charset: str) -> None:
    query = f"next={quote('/me/?a=é')}"
    status, text = answered("GET", query, b"", f"text/plain; charset={charset}")
    assert status == 200
    assert 'value="/me/?a=é"' in text
