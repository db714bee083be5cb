"""How long a connection waits for the locks of others."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection


@contextmanager
def shortened(seconds: float) -> Iterator[None]:
    """Waits for at most so long, instead of `settings.DATABASE_PATIENCE_SECONDS`."""
    _wait(seconds)
    try:
        yield
    finally:
        if connection.connection is not None:
            _wait_as_usual()


def _wait_as_usual() -> None:
    try:
        _wait(settings.DATABASE_PATIENCE_SECONDS)
    except Error:
        connection.close()  # a new one begins with the whole patience


def _wait(seconds: float) -> None:
    # 0 would be without any limit in PostgreSQL.
    milliseconds = max(int(seconds * 1000), 1)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET lock_timeout = {milliseconds:d}")
        else:
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds:d}")
