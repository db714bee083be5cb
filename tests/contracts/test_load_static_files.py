"""Style sheets and scripts come compressed, and only when they have changed."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

GZIP = {"Accept-Encoding": "gzip"}
HTMX = "/static/vendor/htmx.min.js"
WHOLE = Path("static/vendor/htmx.min.js").read_bytes()


def load(address: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    response = Client().get(address, headers=GZIP | headers)
    return response.status_code, b"".join(response), response.headers


def test_it_is_compressed_for_who_can_read_it() -> None:
    status, body, headers = load(HTMX)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert "accept-encoding" in headers["Vary"].lower()
    assert gzip.decompress(body) == WHOLE
    assert len(body) < len(WHOLE) / 2
    plain = Client().get(HTMX)
    assert b"".join(plain) == WHOLE
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("compressed", [True, False])
def test_what_has_not_changed_is_not_sent_again(compressed: bool) -> None:
    headers = GZIP if compressed else {}
    first = Client().get(HTMX, headers=headers)
    assert first["ETag"].startswith("W/") is compressed
    again = Client().get(HTMX, headers=headers | {"If-None-Match": first["ETag"]})
    assert (again.status_code, b"".join(again)) == (304, b"")
    assert "Content-Encoding" not in again.headers
    older = Client().get(HTMX, headers=headers | {"If-None-Match": '"1-1"'})
    assert older.status_code == 200


def test_a_part_is_answered_with_the_whole() -> None:
    status, body, headers = load(HTMX, Range="bytes=0-9")
    assert (status, gzip.decompress(body)) == (200, WHOLE)
    assert "Content-Range" not in headers


def test_production_sends_what_was_compressed_before(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.storages.HashedFiles"}
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    [packed] = tmp_path.glob("vendor/htmx.min.*.js.gz")
    status, body, headers = load(f"/static/vendor/{packed.stem}")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert body == packed.read_bytes()
    assert "immutable" in headers["Cache-Control"]
    assert headers["Vary"].lower() == "accept-encoding"
