"""Helpers to test streams: a loop with a database, rows to stream, and what a viewer heard."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from tests.patience import LAST_RESORT
from tests.training_jobs.factories import tick_report
from training_jobs import lifecycle
from training_jobs.models import Run
from training_jobs.stream import Hub
from training_jobs.stream_rows import ask


def in_loop(test: Coroutine[Any, Any, None]) -> None:
    """Runs the test's coroutine; its database connection is closed at the end."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))
        try:
            await asyncio.wait_for(test, LAST_RESORT)
        finally:
            await loop.run_in_executor(None, connections.close_all)

    asyncio.run(run())


def numbers(chunks: list[bytes]) -> list[int]:
    """The numbers of the events in these chunks."""
    return [int(number) for number in re.findall(rb"^id: (\d+)$", b"".join(chunks), re.MULTILINE)]


async def add_ticks(run: Run, count: int) -> int:
    """Records so many ticks; returns the number of the last event."""

    def add() -> int:
        for at in range(count):
            lifecycle.record(run, tick_report(at / count))
        run.refresh_from_db()
        return run.last_seq

    return await ask(add)


async def heard(hub: Hub, run: Run, after: int = 0) -> list[bytes]:
    """All that a viewer hears until the stream ends."""
    return [chunk async for chunk in hub.follow(run, after)]


async def until(probe: Callable[[], bool]) -> None:
    """Waits for what only a look can tell; the test's own time limit ends it."""
    while not probe():  # noqa: ASYNC110  (what is looked at knows no events)
        await asyncio.sleep(0.01)
