"""What is sent is read as UTF-8; another charset is refused in words, and logged.

Through the server's own application: Django's test client builds its requests without it.
"""

import io
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from config.wsgi import application
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
LOGIN = "/accounts/login/"
ODD = ["utf-7", "UTF-7", "utf-16", "latin-1", "rot13", "base64", "hex", "zlib", "undefined"]
ODD += ["idna", "punycode", "unicode_escape", "utf-8-sig", "no-such-charset", "x" * 300, "a\0b"]


def answered(method: str, query: str, body: bytes, kind: str) -> tuple[int, str]:
    """What the server answers: status and text."""
    statuses: list[str] = []
    environ = RequestFactory().get("/").META | {
        "REQUEST_METHOD": method,
        "PATH_INFO": LOGIN,
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    pieces = application(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type]
    return int(statuses[0].split()[0]), b"".join(pieces).decode()


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


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "utf8", "Utf_8"])
def test_its_own_names_are_taken(charset: str, caplog: pytest.LogCaptureFixture) -> None:
    make_user("ada")
    body = f"login=ada&password={PASSWORD}".encode()
    assert answered("POST", "", body, f"{FORM}; charset={charset}")[0] in {302, 403}


@pytest.mark.parametrize("charset", ODD)
def test_an_address_is_read_as_utf8_whatever_a_get_declares(charset: str) -> None:
    query = f"next={quote('/me/?a=é')}"
    status, text = answered("GET", query, b"", f"text/plain; charset={charset}")
    assert status == 200
    assert 'value="/me/?a=é"' in text
