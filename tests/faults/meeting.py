"""Two who decide at the same time, one of them kept in the middle of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from django.db import connection

from tests.patience import LAST_RESORT

# On SQLite the one who waits for the other is kept waiting by the database: not for ever.
PATIENCE = 2


class Meeting:
    """Lets one go as far as its pause, and on when the other is done or has to wait."""

    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()

    def pause(self) -> None:
        self.reached.set()
        self.go_on.wait(PATIENCE)

    def meet(self, one: Callable[[], object], other: Callable[[], object]) -> object:
        def closing() -> object:
            try:
                return one()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(closing)
            assert self.reached.wait(LAST_RESORT)
            try:
                other()
            finally:
                self.go_on.set()
            return started.result(LAST_RESORT)
