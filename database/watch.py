"""Finds out whether the database answers at all, as soon as a page waits suspiciously long.

A database that is stopped, or whose host has gone, ends no statement and closes no connection: it
does not enforce its own time limits, and everybody waits. So a separate thread sends it a trivial
query. If that is answered, a statement is merely slow, and is left alone.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.db import Error, OperationalError, connection

# How long a page may take before the database is asked, and how long that may take to answer.
SUSPICIOUS_SECONDS = 0.5
PATIENCE_SECONDS = 2.5

Answer = TypeVar("Answer")
log = structlog.get_logger("weightwise.database")


class DatabaseHangs(OperationalError):
    """The database accepts queries, but does not answer."""


class Watch:
    """Knows whether the database hangs; `ask` returns when the database has answered."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._suspected = threading.Event()
        self._asked_at: float | None = None
        self._thread: threading.Thread | None = None

    @property
    def hangs(self) -> bool:
        """Whether a question has waited too long for its answer."""
        asked_at = self._asked_at
        return asked_at is not None and time.monotonic() - asked_at > PATIENCE_SECONDS

    def suspect(self) -> None:
        """Something takes long: find out whether the database hangs. Call it from one thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._ask_on, daemon=True, name="watch")
            self._thread.start()
        self._suspected.set()

    async def answered(self, work: "asyncio.Future[Answer]") -> Answer:
        """The result of `work`. Raises DatabaseHangs if the database hangs; the work goes on."""
        while not (await asyncio.wait({work}, timeout=SUSPICIOUS_SECONDS))[0]:
            if self.hangs:
                raise DatabaseHangs("the database does not answer")
            self.suspect()
        return work.result()

    def _ask_on(self) -> None:
        while True:
            self._suspected.wait()
            self._asked_at = time.monotonic()
            try:
                self._ask_until_told()
            except Exception:
                # It tells nothing about the database. This thread is the only one that asks: if it
                # ended here, every page would be refused from now on.
                log.exception("watch_could_not_ask")
            else:
                if self.hangs:
                    log.warning("database_answers_again")
            self._asked_at = None
            self._suspected.clear()

    def _ask_until_told(self) -> None:
        while True:
            began = time.monotonic()
            try:
                self._ask()
            except Error:
                # A quick error is an answer, which pages get as well; a slow one is a time limit
                # that has run out.
                if time.monotonic() - began < SUSPICIOUS_SECONDS:
                    return
            else:
                return


def _ask_database() -> None:
    """On the watch's own connection."""
    if connection.vendor != "postgresql":
        return  # a file does not hang, and waiting for its lock has a time limit already
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        raise


def limit_statements(milliseconds: int) -> Callable[..., None]:
    """A receiver of `connection_created`: no statement of this process takes longer."""

    def limit(connection: Any, **_: object) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = {milliseconds:d}")

    return limit


DATABASE = Watch(_ask_database)
