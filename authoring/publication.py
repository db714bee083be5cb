"""One rule of publication, for the admin and for course files.

Each app with rules about a row's publication listens to `weighed` and returns its objections to the
row as given, saved or not: a published row may lack something, and published rows may depend on one
that becomes a draft.
"""

from typing import Any, NamedTuple

from django.dispatch import Signal

from authoring.models import Authored, State
from database.turns import take_turn

# Sent with `row`, and whether it is `from_file`; the sender is its model.
weighed = Signal()


class Lack(NamedTuple):
    """An objection to a row's state: the field to correct, and a text with place and remedy."""

    field: str
    words: str


def hold_course() -> None:
    """Until the end of this transaction nobody else publishes or withdraws anything.

    Take it before rows are weighed, and before any of them is locked: of two authors who withdraw
    the last two questions, each would find the other's still published.
    """
    take_turn("publication")


def lacking(row: Authored, *, from_file: bool = False) -> list[Lack]:
    """All objections to the row's state; to one `from_file`, those that hold on any machine."""
    answers: list[tuple[Any, Any]] = weighed.send(type(row), row=row, from_file=from_file)
    return [lack for _, found in answers for lack in found or []]


def worsened(row: Authored) -> list[Lack]:
    """The same, without objections that already hold for the saved row.

    Correcting a word in a topic that has long been empty does not require filling it first.
    """
    saved = type(row)._default_manager.filter(pk=row.pk).first()
    known = lacking(saved) if saved else []
    return [lack for lack in lacking(row) if lack not in known]


def withdrawn(row: Authored) -> list[str]:
    """What speaks against withdrawing the row, as it is saved; to delete it is to withdraw it."""
    if not row.is_published:
        return []
    row.state = State.DRAFT
    try:
        return [lack.words for lack in worsened(row)]
    finally:
        row.state = State.PUBLISHED
