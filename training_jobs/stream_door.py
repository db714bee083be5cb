"""Ends the streams of viewers whose session has ended: signing out must not leave one behind.

Every few seconds, one query asks for all viewers of this process together, however many they are
and however many events they are sent.
"""

import asyncio
from collections import defaultdict

import structlog
from django.db import Error as DatabaseError

from accounts.sessions import Entry, ended
from training_jobs.stream_rows import ask

ASK_SECONDS = 2.0

log = structlog.get_logger("weightwise.stream")


class Door:
    def __init__(self) -> None:
        self._inside: defaultdict[Entry, set[asyncio.Event]] = defaultdict(set)
        self._asking: asyncio.Task[None] | None = None

    async def ended(self, entry: Entry | None) -> None:
        """Returns when this entry no longer lets anybody in; for None never."""
        shown_out = asyncio.Event()
        if entry is None:
            await shown_out.wait()
            return
        self._inside[entry].add(shown_out)
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_while_any())
        try:
            await shown_out.wait()
        finally:
            self._inside[entry].discard(shown_out)
            if not self._inside[entry]:
                del self._inside[entry]

    async def _ask_while_any(self) -> None:
        try:
            while self._inside:
                await asyncio.sleep(ASK_SECONDS)
                await self._ask()
        finally:
            self._asking = None

    async def _ask(self) -> None:
        try:
            gone = await ask(ended, list(self._inside))
        except DatabaseError as error:  # it will be asked again; a page would be refused, too
            log.warning("sessions_unread", error=str(error))
            return
        for entry in gone:
            for shown_out in self._inside.get(entry, ()):
                shown_out.set()


DOOR = Door()
