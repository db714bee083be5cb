"""What the streams ask the database: stretches of a history as frames, and who has news."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from training_jobs.events import frame
from training_jobs.models import Run, RunEvent
from training_jobs.queries import queues_of

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive events as they go over the wire, from number `after` + 1 on.

    `queued`: the run waits in the queue after them. `ended`: nothing comes after them.
    """

    after: int
    frames: tuple[bytes, ...]
    queued: bool = False
    ended: bool = False

    @property
    def last(self) -> int:
        """The number of the last event in it."""
        return self.after + len(self.frames)

    def since(self, seq: int) -> bytes:
        """The frames of the events with a number above `seq`, in one piece."""
        return b"".join(self.frames[seq - self.after :])


async def ask(query: Callable[..., Answer], *values: Any) -> Answer:
    """Runs a database query in the shared thread pool, whose few connections all streams share."""

    def asked() -> Answer:
        close_old_connections()
        return query(*values)

    return await sync_to_async(asked, thread_sensitive=False)()


def read_stretch(run_id: UUID, after: int, most: int) -> Stretch:
    """The `most` events after number `after`, or as many of them as there are."""
    rows = RunEvent.objects.filter(run=run_id, seq__gt=after, seq__lte=after + most)
    events = list(rows.order_by("seq").values_list("seq", "name", "data"))
    frames = tuple(frame(name, data, seq) for seq, name, data in events)
    _, name, data = events[-1] if events else (0, "", {})
    queued = name == "status" and data["state"] == Run.State.QUEUED
    return Stretch(after, frames, queued, ended=name == "end")


def last_numbers(run_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the last event of each of these runs: one query, however many they are."""
    return dict(Run.objects.filter(id__in=run_ids).values_list("id", "last_seq"))


def queue_frames(run_ids: Collection[UUID]) -> dict[UUID, bytes | None]:
    """Each run's place in the queue as an event, or None when it has left the queue."""
    return {
        run_id: frame("queue", queue.as_json()) if queue.position is not None else None
        for run_id, queue in queues_of(run_ids).items()
    }


def has_news(run: Run, after: int) -> bool:
    """Whether a viewer who has the events up to `after` will be sent anything."""
    # An old run's history may have been removed, so its last number alone says too little.
    return run.is_active or run.events.filter(seq__gt=after).exists()
