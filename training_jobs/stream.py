"""A run's history as server-sent events: replay what was missed, then follow.

One hub in each web process listens to the doorbell. A new row is read and encoded once, however
many watch; a viewer is a place in the history, not a queue, so a slow one costs nothing and reads
on from the database when the feed no longer keeps what it needs.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import suppress
from uuid import UUID

import redis.asyncio as redis
import structlog
from django.conf import settings
from django.db import Error as DatabaseError

from training_jobs.doorbell import CHANNEL
from training_jobs.events import frame
from training_jobs.models import Run
from training_jobs.shared_places import RENEW_SECONDS, SHARED
from training_jobs.stream_rows import Stretch, ask, last_numbers, queue_frames, read_stretch

# How often to look without a ring, so that a dead broker delays a stream and never stops it.
LOOK_SECONDS = 1.0
# A page considers a stream dead that is silent for 7 s; this is sent more than twice in that time.
# It is an event because browsers do not show comments to scripts.
ALIVE_SECONDS = 3.0
ALIVE = frame("alive", {})
# A history is read in pages of this many events; so many pages are kept for the next viewers.
# An event has 4 kB at most, so a page and with it one write has 256 kB, usually a tenth of that.
PAGE_EVENTS = 64
KEPT_PAGES = 64
# How many of its newest events a feed keeps for viewers that are behind.
KEPT_EVENTS = 256
# With many viewers a feed collects news for a moment, so that each write carries several events.
PAUSE_SECONDS_PER_VIEWER = 0.0001

log = structlog.get_logger("weightwise.stream")


class Pages:
    """Stretches of histories that many viewers ask for: each is read once.

    A history is append-only, so a stretch whose end is known never changes and may be kept.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[UUID, int, int], asyncio.Task[Stretch]] = OrderedDict()

    async def of(self, run_id: UUID, seq: int, end: int) -> Stretch:
        """The page with the event after number `seq`; no event in it is beyond number `end`."""
        after = seq // PAGE_EVENTS * PAGE_EVENTS
        key = run_id, after, min(PAGE_EVENTS, end - after)
        reading = self._kept.get(key) or asyncio.create_task(ask(read_stretch, *key))
        self._kept[key] = reading
        self._kept.move_to_end(key)
        if len(self._kept) > KEPT_PAGES:
            self._kept.popitem(last=False)
        try:
            # Others may wait for it too: a viewer who leaves must not cancel it.
            return await asyncio.shield(reading)
        except DatabaseError:
            self._kept.pop(key, None)
            raise


class Feed:
    """One run as this process follows it: reads and encodes each new row once, for all viewers.

    It keeps the events with the numbers `first` + 1 to `last`; those before are in the database.
    `note` is what else viewers are told, the place in the queue or a sign of life: it has no
    number, and only the newest counts.
    """

    def __init__(self, run: Run) -> None:
        self.run_id = run.id
        self.first = self.last = run.last_seq
        self.frames: list[bytes] = []
        self.queued = run.state == Run.State.QUEUED
        self.ended = not run.is_active
        self.note, self.notes = ALIVE, 0
        self.viewers = 0
        self.rung = asyncio.Event()
        self.news = asyncio.Event()
        self.ring(run.last_seq + 1)  # rows may have come since `run` was read
        self.reading = asyncio.create_task(self._read_whenever_rung())

    def ring(self, seq: int) -> None:
        """There is an event of this number, perhaps; looks for it soon."""
        if seq > self.last and not self.ended:
            self.rung.set()

    def since(self, seq: int) -> Stretch:
        """A page of what it keeps after number `seq`, which is not below `first`."""
        at = seq - self.first
        return Stretch(seq, tuple(self.frames[at : at + PAGE_EVENTS]))

    def say(self, note: bytes) -> None:
        """Tells every viewer something that is not part of the history."""
        self.note, self.notes = note, self.notes + 1
        self.wake()

    def wake(self) -> None:
        """Lets every viewer look at what there is."""
        news, self.news = self.news, asyncio.Event()
        news.set()

    def hear_of_queue(self, note: bytes | None) -> None:
        """Sends the place in the queue, if it has changed; None means that the run has left it."""
        if note is None:
            self.queued = False
            self.rung.set()  # the row that says why is there already
        elif note != self.note:
            self.say(note)

    async def _read_whenever_rung(self) -> None:
        while not self.ended:
            await self.rung.wait()
            self.rung.clear()
            try:
                await self._read_on()
            except DatabaseError as error:
                log.warning("rows_unread", run=str(self.run_id), error=str(error))
                await asyncio.sleep(LOOK_SECONDS)
                self.rung.set()
            await asyncio.sleep(self.viewers * PAUSE_SECONDS_PER_VIEWER)

    async def _read_on(self) -> None:
        """Takes in the new rows, no more than it can keep."""
        read = await ask(read_stretch, self.run_id, self.last, KEPT_EVENTS)
        if not read.frames:
            return
        if len(read.frames) == KEPT_EVENTS:
            self.rung.set()  # there may be more
        self.frames.extend(read.frames)
        self.last, self.queued, self.ended = read.last, read.queued, read.ended
        if not read.queued:
            self.note = ALIVE  # new viewers must not see an old place in the queue
        # Cut where a page ends: then the pages before are whole, and the same for everybody.
        cut = (self.last - KEPT_EVENTS) // PAGE_EVENTS * PAGE_EVENTS
        if cut > self.first:
            del self.frames[: cut - self.first]
            self.first = cut
        self.wake()


class Hub:
    """Every feed of this process, and the tasks that wake them."""

    def __init__(self) -> None:
        self.feeds: dict[UUID, Feed] = {}
        self.pages = Pages()
        self.closing = False
        self.tasks: set[asyncio.Task[None]] = set()

    async def follow(self, run: Run, after: int) -> AsyncGenerator[bytes, None]:
        """The run's events after number `after`, several at a time, to the last or to a stop."""
        feed = self._join(run)
        try:
            sent, noted = min(after, run.last_seq), 0
            while not self.closing:
                news = feed.news  # taken before looking: what comes meanwhile is not missed
                if sent < feed.last:
                    stretch = await self._next(feed, sent)
                    if stretch.last <= sent:
                        return  # the history was removed
                    yield stretch.since(sent)
                    sent = stretch.last
                elif feed.ended:
                    return
                elif feed.notes != noted:
                    noted = feed.notes
                    yield feed.note
                else:
                    await news.wait()
        finally:
            self._leave(feed)

    async def _next(self, feed: Feed, sent: int) -> Stretch:
        if sent >= feed.first:
            return feed.since(sent)
        return await self.pages.of(feed.run_id, sent, feed.first)

    def _join(self, run: Run) -> Feed:
        if not self.tasks:
            steps = (self._listen(), self._look(), self._tell_alive(), self._keep_places())
            self.tasks = {asyncio.create_task(step) for step in steps}
        feed = self.feeds.get(run.id)
        if feed is None:
            feed = self.feeds[run.id] = Feed(run)
        feed.viewers += 1
        feed.ring(run.last_seq)
        return feed

    def _leave(self, feed: Feed) -> None:
        feed.viewers -= 1
        if not feed.viewers:
            feed.reading.cancel()
            del self.feeds[feed.run_id]

    def close(self) -> None:
        """Ends every stream; browsers then come back, to a process that goes on."""
        self.closing = True
        for feed in self.feeds.values():
            feed.wake()
        for task in self.tasks:
            task.cancel()

    async def _listen(self) -> None:
        """Passes each ring of the doorbell on to the feed of its run, if anybody watches it."""
        while True:
            try:
                await self._listen_once()
            except (redis.RedisError, OSError) as error:
                log.warning("doorbell_unheard", error=str(error))
                await asyncio.sleep(LOOK_SECONDS)

    async def _listen_once(self) -> None:
        # No socket timeout: redis-py would otherwise give up on a quiet channel after 5 s.
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=None, socket_keepalive=True
        )
        async with client, client.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            async for message in channel.listen():
                if message["type"] == "message":
                    self._ring(message["data"])

    def _ring(self, message: bytes) -> None:
        """Takes one ring; anything else is ignored."""
        with suppress(ValueError):
            run_id, seq = message.decode().split()
            if feed := self.feeds.get(UUID(run_id)):
                feed.ring(int(seq))

    async def _look(self) -> None:
        """Looks for new rows without being rung, for all feeds together."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look_once()
            except DatabaseError as error:
                log.warning("rows_unread", error=str(error))

    async def _tell_alive(self) -> None:
        """Signs of life, in a separate task: a hanging database blocks the others."""
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            for feed in self.feeds.values():
                feed.say(feed.note)

    async def _keep_places(self) -> None:
        """Extends the leases of this process's viewers."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await asyncio.to_thread(SHARED.renew)

    async def _look_once(self) -> None:
        for run_id, seq in (await ask(last_numbers, list(self.feeds))).items():
            if feed := self.feeds.get(run_id):
                feed.ring(seq)
        if queued := [feed.run_id for feed in self.feeds.values() if feed.queued]:
            for run_id, note in (await ask(queue_frames, queued)).items():
                if (feed := self.feeds.get(run_id)) and feed.queued:
                    feed.hear_of_queue(note)


HUB = Hub()
