"""One rule of publication, for the admin and for course files.

Each app that has a say in a row's publication listens to `weighed` and returns what speaks against
the row as it is given, saved or not: a published one may lack something, and on one that is a draft
now something published may depend.
"""

from typing import Any, NamedTuple

from django.dispatch import Signal

from authoring.models import Authored, State

# Sent with `row`; the sender is its model.
weighed = Signal()


class Lack(NamedTuple):
    """What speaks against a row's state: the field where it is mended, and place, value, remedy."""

    field: str
    words: str


def lacking(row: Authored) -> list[Lack]:
    """Everything that speaks against the row's state."""
    answers: list[tuple[Any, Any]] = weighed.send(type(row), row=row)
    return [lack for _, found in answers for lack in found or []]


def worsened(row: Authored) -> list[Lack]:
    """The same, but for what speaks already against the row that is saved.

    Who mends a word in a topic that has been empty for long need not fill it first.
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
