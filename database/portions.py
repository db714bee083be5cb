"""Long work in short transactions: others who write meanwhile wait for one portion at most.

SQLite has one lock for all writers. They do not queue for it, they look for it every tenth of a
second: without a pause between portions, the process that writes again at once would always win.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

# What one portion should take; a portion that takes longer makes the next one smaller.
WANTED_SECONDS = 0.1
# Seconds between two portions, at least.
PAUSE = 0.12
LEAST = 10

Hold = Callable[[], object]


# What this process has learned of the machine, by the kind of rows.
_learned: dict[str, int] = {}


class Pace:
    """How many rows of a kind one transaction changes, from the time that the last one took.

    It begins as large as the last one of this kind in the process could be, and the first one with
    `first` rows.
    """

    def __init__(self, kind: str, most: int, *, first: int = LEAST, least: int = LEAST) -> None:
        self.size = min(_learned.get(kind, first), most)
        self._kind, self._most, self._least = kind, most, min(least, most)
        self._took: float | None = None

    @contextmanager
    def portion(self) -> Iterator[int]:
        """One portion, of the size given; waits before it, except before the first."""
        if self._took is not None:
            let_others_in(self._took)
        started = time.monotonic()
        used = self.size
        yield used
        self._took = time.monotonic() - started
        fits = int(used * WANTED_SECONDS / max(self._took, WANTED_SECONDS / 4))
        # No more than twice as many at a time: the rows of one portion may be lighter by chance.
        self.size = max(min(fits, used * 2, self._most), self._least)
        # No more than was tried: the last portion of a job may have found next to nothing.
        _learned[self._kind] = min(self.size, used)

    def filled(self) -> None:
        """There were rows for all of the last portion: a later job may begin with a larger one."""
        _learned[self._kind] = self.size


def forget_all() -> None:
    """Forgets what this process has learned."""
    _learned.clear()


def let_others_in(took: float) -> None:
    """Waits as long as the last portion took, so that the lock is free half of the time."""
    time.sleep(max(PAUSE, took))


def delete_in_portions(rows: QuerySet[Any], most: int = 200, hold: Hold | None = None) -> int:
    """Deletes the rows and everything that depends on them; returns how many rows there were.

    Call it outside of a transaction: each portion is one, and begins with `hold`, which takes the
    locks that come before those of the rows. Rows that are added meanwhile go, too.
    """
    pace, removed = Pace(f"deleted {rows.model._meta.label}", most, first=most), 0
    while True:
        with pace.portion() as size, transaction.atomic():
            if hold is not None:
                hold()
            keys = list(rows.order_by().values_list("pk", flat=True)[:size])
            rows.model._base_manager.filter(pk__in=keys).delete()
        removed += len(keys)
        if len(keys) < size:
            return removed
        pace.filled()
