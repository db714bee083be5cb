"""Two who decide at the same time, one of them kept in the middle of it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from django.db import connection

from tests.patience import LAST_RESORT

# How long one waits for the other, who may be kept waiting by something else than the database.
PATIENCE = 2
TICK = 0.02
WRITES = ("BEGIN", "INSERT", "UPDATE", "DELETE")


class Meeting:
    """Lets one go as far as its pause, and on when the other is done or has to wait for it."""

    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()
        self._other_pid, self._other_asks = 0, ""

    def pause(self) -> None:
        self.reached.set()
        deadline = time.monotonic() + PATIENCE
        while not self.go_on.wait(TICK) and time.monotonic() < deadline:
            if self._keeps_waiting():
                return

    def meet(self, one: Callable[[], object], other: Callable[[], object]) -> object:
        def closing() -> object:
            try:
                return one()
            finally:
                connection.close()

        self._other_pid = backend()
        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(closing)
            assert self.reached.wait(LAST_RESORT)
            try:
                with connection.execute_wrapper(self._noted):
                    other()
            finally:
                self.go_on.set()
            return started.result(LAST_RESORT)

    def _noted(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self._other_asks = sql
        try:
            return execute(sql, params, many, context)
        finally:
            self._other_asks = ""

    def _keeps_waiting(self) -> bool:
        """Whether the other cannot go on before the one who asks has. No matter of seconds."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_backend_pid() = ANY(pg_blocking_pids(%s))", [self._other_pid]
                )
                return bool(cursor.fetchone()[0])
        # SQLite has one lock for all who write, and our transactions take it as they begin.
        return connection.in_atomic_block and self._other_asks.startswith(WRITES)


def backend() -> int:
    """The server's process for this thread's connection; SQLite has none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
