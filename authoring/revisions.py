"""Lets a save or a deletion happen only to those who have seen the row as it is now."""

from django.utils import timezone

from authoring.models import Revisioned

# The field of a page's form that tells which revision the page shows.
FIELD = "revision"
# Larger ones than a database's integer are nobody's.
MOST_DIGITS = 9


class Outdated(Exception):
    """The row was saved or deleted after it was shown."""


def known_revision(text: str | None) -> int:
    """The revision that a page says it shows; 0, which no row has, when that is no number.

    A page that says nothing was made before rows had revisions, when each was at its first.
    """
    if text is None:
        return 1
    sound = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if sound else 0


def advance(row: Revisioned, known: int, author: int | None) -> None:
    """Takes the row's next revision for those who know its present one; raises Outdated for others.

    The row is then held to the end of the transaction: of two at the same instant, the second waits
    and finds the revision changed. `author` is a user's key; None stands for the course's files.
    """
    now = timezone.now()
    rows = type(row)._default_manager.filter(pk=row.pk, revision=known)
    if not rows.update(revision=known + 1, saved_at=now, saved_by=author):
        raise Outdated
    row.revision, row.saved_at, row.saved_by_id = known + 1, now, author


def hold(row: Revisioned, known: int) -> None:
    """Keeps others from saving the row in this transaction; raises Outdated if one has done so."""
    rows = type(row)._default_manager.select_for_update(of=("self",)).order_by()
    if not rows.filter(pk=row.pk, revision=known).exists():
        raise Outdated
