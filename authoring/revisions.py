"""Allows a save or a deletion only from a page that shows the row as it is now."""

from django.utils import timezone

from authoring.models import Revisioned

# The form field with the revision that the page shows.
FIELD = "revision"
# No database integer is longer.
MOST_DIGITS = 9


class Outdated(Exception):
    """The row was saved or deleted after it was shown."""


def known_revision(text: str | None) -> int:
    """The revision that a page claims to show; 0, which no row has, if it is not a number.

    A page without one was made before rows had revisions: it shows the first.
    """
    if text is None:
        return 1
    sound = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if sound else 0


def advance(row: Revisioned, known: int, author: int | None) -> None:
    """Advances the row from the revision `known` to the next; raises Outdated if it has moved on.

    The row is then locked to the end of the transaction: of two simultaneous saves, the second
    waits and finds the revision changed. `author` is a user's key; None means the course's files.
    """
    now = timezone.now()
    rows = type(row)._default_manager.filter(pk=row.pk, revision=known)
    if not rows.update(revision=known + 1, saved_at=now, saved_by=author):
        raise Outdated
    row.revision, row.saved_at, row.saved_by_id = known + 1, now, author


def hold(row: Revisioned, known: int) -> None:
    """Locks the row for this transaction; raises Outdated if somebody has saved it."""
    rows = type(row)._default_manager.select_for_update(of=("self",)).order_by()
    if not rows.filter(pk=row.pk, revision=known).exists():
        raise Outdated
