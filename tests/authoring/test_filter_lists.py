"""What is the fault of a filter, and what of the database."""

from sqlite3 import OperationalError as SqliteError

import pytest
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import OperationalError

from authoring.admin_lookups import told_as_refusals


def error(words: str, code: int) -> OperationalError:
    """As Django raises what SQLite raised with this code."""
    cause = SqliteError(words)
    cause.sqlite_errorcode = code
    raised = OperationalError(words)
    raised.__cause__ = cause
    return raised


@pytest.mark.parametrize(("words", "code"), [("database is locked", 5), ("no such table: x", 1)])
def test_a_locked_or_unprepared_database_is_no_fault_of_the_filter(words: str, code: int) -> None:
    with pytest.raises(OperationalError), told_as_refusals():
        raise error(words, code)


def test_a_query_that_sqlite_cannot_read_is_the_fault_of_the_filter() -> None:
    with pytest.raises(IncorrectLookupParameters), told_as_refusals():
        raise error("LIKE or GLOB pattern too complex", 1)
