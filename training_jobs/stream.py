"""A run's history as server-sent events: replay what was missed, then follow.

One hub in each web process listens to the doorbell; a new row is read once, however many watch. A
stream never goes through Django's handler, whose synchronous parts cost a thread per open stream.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, TypeVar
from uuid import UUID

import redis.asyncio as redis
import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from prometheus_client import Gauge

from training_jobs.doorbell import CHANNEL
from training_jobs.events import frame
from training_jobs.queries import events_after, queue_of_run

# An event without a number is not part of the history: the queue's length, which only changes.
Row = tuple[int | None, str, dict[str, Any]]
Answer = TypeVar("Answer")

# How often to look without a ring, so that a dead broker delays a stream and never stops it.
LOOK_SECONDS = 1.0
COMMENT_SECONDS = 10.0
PENDING_ROWS = 500

VIEWERS = Gauge("weightwise_streams_open", "Event streams that are open")
log = structlog.get_logger("weightwise.stream")


async def ask(query: Callable[..., Answer], *values: Any) -> Answer:
    """Runs a database query in the shared thread pool, whose few connections all streams share."""

    def asked() -> Answer:
        close_old_connections()
        return query(*values)

    return await sync_to_async(asked, thread_sensitive=False)()


class Viewer:
    """One open stream's rows to send. A slow one loses them and catches up from the database."""

    def __init__(self) -> None:
        self.rows: asyncio.Queue[Row] = asyncio.Queue(PENDING_ROWS)
        self.behind = False

    def offer(self, row: Row) -> None:
        try:
            self.rows.put_nowait(row)
        except asyncio.QueueFull:
            self.behind = True

    def forget(self) -> None:
        """Empties the queue: what was in it will be read from the database."""
        while not self.rows.empty():
            self.rows.get_nowait()
        self.behind = False


class Feed:
    """One run as this process follows it: reads each new row once, for all its viewers."""

    def __init__(self, run_id: UUID, seq: int) -> None:
        self.run_id, self.seq = run_id, seq
        self.viewers: set[Viewer] = set()
        self.may_queue = True
        self.reading = asyncio.Lock()

    async def read_on(self) -> None:
        """Hands the rows that are new to every viewer."""
        async with self.reading:
            for seq, name, data in await ask(events_after, self.run_id, self.seq):
                self.seq = seq
                self.may_queue = name == "status" and data["state"] == "queued"
                self._offer((seq, name, data))

    async def look(self) -> None:
        """What `read_on` does, unasked; and the place in the queue while there is one."""
        await self.read_on()
        if self.may_queue:
            queue = await ask(queue_of_run, self.run_id)
            self.may_queue = queue.position is not None
            self._offer((None, "queue", queue.as_json()))

    def _offer(self, row: Row) -> None:
        for viewer in self.viewers:
            viewer.offer(row)


class Hub:
    """Every feed of this process, and the two tasks that wake them."""

    def __init__(self) -> None:
        self.feeds: dict[UUID, Feed] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def join(self, run_id: UUID, seq: int) -> Viewer:
        """A viewer of the run, who is offered every row after `seq` from now on."""
        if not self.tasks:
            self.tasks = {asyncio.create_task(self._listen()), asyncio.create_task(self._look())}
        feed = self.feeds.setdefault(run_id, Feed(run_id, seq))
        viewer = Viewer()
        feed.viewers.add(viewer)
        VIEWERS.inc()
        return viewer

    def leave(self, run_id: UUID, viewer: Viewer) -> None:
        feed = self.feeds[run_id]
        feed.viewers.remove(viewer)
        if not feed.viewers:
            del self.feeds[run_id]
        VIEWERS.dec()

    async def _listen(self) -> None:
        """Reads on whenever the doorbell rings for a run that someone watches."""
        while True:
            try:
                await self._listen_once()
            except (redis.RedisError, OSError, DatabaseError) as error:
                log.warning("doorbell_unheard", error=str(error))
                await asyncio.sleep(LOOK_SECONDS)

    async def _listen_once(self) -> None:
        # No socket timeout: redis-py would otherwise give up on a quiet channel after 5 s.
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=None)
        async with client, client.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            async for message in channel.listen():
                if message["type"] == "message":
                    run_id = UUID(message["data"].decode().split()[0])
                    if feed := self.feeds.get(run_id):
                        await feed.read_on()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for feed in list(self.feeds.values()):
                try:
                    await feed.look()
                except DatabaseError as error:
                    log.warning("rows_unread", error=str(error))


HUB = Hub()


async def follow(run_id: UUID, after: int) -> AsyncGenerator[bytes, None]:
    """Frames of the run's events after number `after`, to the last; comments when it is quiet."""
    viewer = HUB.join(run_id, after)
    try:
        async for seq, name, data in _in_order(run_id, after, viewer):
            yield frame(name, data, seq) if name else b": still here\n\n"
            if name == "end":
                return
    finally:
        HUB.leave(run_id, viewer)


async def _in_order(run_id: UUID, after: int, viewer: Viewer) -> AsyncIterator[Row]:
    """Each numbered row once and in order, whether it came from the database or from the feed."""
    sent = after
    viewer.behind = True  # a new viewer catches up like a slow one
    while True:
        if viewer.behind:
            viewer.forget()
            for row in await ask(events_after, run_id, sent):
                yield row
                sent = row[0]
        row_or_quiet = await _next(viewer)
        if row_or_quiet[0] is None:
            yield row_or_quiet
        elif row_or_quiet[0] == sent + 1:
            yield row_or_quiet
            sent += 1
        elif row_or_quiet[0] > sent:
            viewer.behind = True


async def _next(viewer: Viewer) -> Row:
    try:
        return await asyncio.wait_for(viewer.rows.get(), COMMENT_SECONDS)
    except TimeoutError:
        return None, "", {}
