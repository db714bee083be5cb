"""What the navigator of an open test tells: which questions are answered, and which are flagged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils import timezone
from django.utils.text import get_text_list

# Among the numbers of questions: what is typed for the run.
RUN = 0
OUT_OF_SYNC = "This page is out of sync with what is saved. Reload it."


def seconds_left(moment: datetime) -> int:
    """Whole seconds until this time, rounded up, so that a countdown is never early."""
    return max(0, ceil((moment - timezone.now()).total_seconds()))


def not_saved(positions: Sequence[int]) -> str:
    """What a page is told whose answers to these questions were passed over."""
    named = _questions(positions)
    if list(positions) == [RUN]:
        return f"Not saved: {named} was changed in another tab or browser, and that stays."
    if len(positions) == 1:
        return f"Not saved: {named} was changed in another tab or browser, and that answer stays."
    return f"Not saved: {named} were changed in another tab or browser, and those answers stay."


def changed_elsewhere(positions: Sequence[int]) -> str:
    """What a page is told whose own changes are saved, and which no longer shows these as saved."""
    were = "was" if len(positions) == 1 else "were"
    return f"Saved. But {_questions(positions)} {were} changed in another tab or browser."


def not_counted(positions: Sequence[int]) -> str:
    """What is told with a result whose sheet was sent with other answers to these questions."""
    return (
        f"Not counted: what you sent for {_questions(positions)}. What counts there was saved in"
        " another tab or browser before, or the attempt had ended by then."
    )


def _questions(positions: Sequence[int]) -> str:
    numbers = [str(each) for each in positions if each != RUN]
    named = get_text_list(numbers, "and")
    questions = f"question {named}" if len(numbers) == 1 else f"questions {named}"
    run = ["the prediction or the seed"] if RUN in positions else []
    return " and ".join([*([questions] if numbers else []), *run])


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
