"""How many streams may be open at a time, and what is said to who finds no place.

A page whose stream is refused goes on without: it asks for the run's snapshot every two seconds.
Each process has places of its own, some reserved for known visitors; a learner's places are counted
across all processes (`shared_places`).
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from prometheus_client import Counter as Total
from prometheus_client import Gauge

OPEN = Gauge("weightwise_streams_open", "Event streams that are open", multiprocess_mode="livesum")
REFUSED = Total("weightwise_streams_refused_total", "Event streams refused", ["status"])


TOO_MANY = (
    "Only {most} runs can be watched live at a time. Close another one to watch this one"
    " live; until then the page updates every two seconds."
)


class NoPlaceError(Exception):
    """This stream cannot be had now; the text is for a person. Come back after `seconds`."""

    def __init__(self, status: int, seconds: int, text: str) -> None:
        super().__init__(text)
        self.status, self.seconds = status, seconds
        REFUSED.labels(status).inc()


class Places:
    """The open streams of this process, by viewer; None stands for all unknown viewers."""

    def __init__(self) -> None:
        self._taken: Counter[str | None] = Counter()

    def require_any(self) -> None:
        """Raises NoPlaceError when the process is full."""
        if self._taken.total() >= settings.STREAMS_PER_PROCESS:
            raise NoPlaceError(
                503,
                5,
                "This server already shows as many runs live as it can."
                " The page updates every two seconds instead.",
            )

    @contextmanager
    def take(self, viewer: str | None) -> Iterator[None]:
        """A place for as long as the block lasts; raises NoPlaceError if none is free."""
        self.require_any()
        self._require_own(viewer)
        self._taken[viewer] += 1
        OPEN.inc()
        try:
            yield
        finally:
            OPEN.dec()
            self._taken[viewer] -= 1
            if not self._taken[viewer]:
                del self._taken[viewer]  # else the names of all who ever watched pile up

    def _require_own(self, viewer: str | None) -> None:
        # Visitors without a session cannot be distinguished, and might be one program that
        # takes everything: a part of the places is kept for those who are known.
        most = settings.STREAMS_OF_STRANGERS if viewer is None else settings.STREAMS_PER_LEARNER
        if self._taken[viewer] >= most:
            raise NoPlaceError(429, 5, TOO_MANY.format(most=most))


PLACES = Places()
