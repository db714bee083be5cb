"""What the navigator of an open test tells: which questions are answered, and which are flagged."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils import timezone


def seconds_left(moment: datetime) -> int:
    """Whole seconds until this time, rounded up, so that a countdown is never early."""
    return max(0, ceil((moment - timezone.now()).total_seconds()))


@dataclass(frozen=True)
class Place:
    """One question in the navigator."""

    number: int
    has_response: bool
    flagged: bool
    # Whether what was typed is not a number; it is kept, but is no answer.
    is_unreadable: bool = False
    # A sentence on how a typed number is read, if that is not obvious.
    read_as: str = ""

    @property
    def is_answered(self) -> bool:
        return self.has_response and not self.is_unreadable

    @property
    def status(self) -> str:
        """`answered` or `open`; nothing is checked while a test goes on."""
        return "answered" if self.is_answered else "open"


@dataclass(frozen=True)
class Sheet:
    """All questions of a test, in their order."""

    places: list[Place]

    @property
    def total(self) -> int:
        return len(self.places)

    @property
    def answered(self) -> int:
        return sum(place.is_answered for place in self.places)

    @property
    def unanswered(self) -> int:
        return self.total - self.answered

    @property
    def flagged(self) -> int:
        return sum(place.flagged for place in self.places)
