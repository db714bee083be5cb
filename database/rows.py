"""Rows of what is asked all the time: its SQL is written once, and its rows come from a cursor.

Django writes the SQL of a query, and prepares to convert its columns, anew each time that it is
asked; where a few rows are found by their key, that takes far longer than the database takes. Here
Django writes the SQL the first time, with places for what differs (`Given`), and the types of a
named tuple's fields say how columns are read.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from database.prepared import Given

Row = TypeVar("Row", bound=NamedTuple)
Reader = Callable[[Any], object]


class SelectRows(Generic[Row]):
    """What a query with `values_list` finds; its columns are the fields of `row`."""

    def __init__(self, row: type[Row], query: Callable[[], QuerySet[Any, Any]]) -> None:
        self._row = row
        self._query = query
        self._readers = _readers(row)
        self._written: _Written | None = None

    def __call__(self, **given: object) -> list[Row]:
        """All that it finds with these values."""
        written = self._written = self._written or _write(self._query())
        with connection.cursor() as cursor:
            cursor.execute(written.sql, written.filled(given))
            found = cursor.fetchall()
        return [self._row._make(self._read(values)) for values in found]

    def first(self, **given: object) -> Row | None:
        """The first that it finds, if there is any."""
        return next(iter(self(**given)), None)

    def _read(self, values: Iterable[Any]) -> list[object]:
        read = list(values)
        for column, reader in self._readers:
            if read[column] is not None:
                read[column] = reader(read[column])
        return read


class _Written(NamedTuple):
    """A query's SQL, with what stands in its places."""

    sql: str
    parameters: Sequence[object]
    locks: bool

    def filled(self, given: dict[str, object]) -> list[Any]:
        """The parameters with the values that are given."""
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("Nothing stays locked outside of a transaction.")
        return [it.filled(given) if isinstance(it, Given) else it for it in self.parameters]


def _write(found: QuerySet[Any, Any]) -> _Written:
    sql, parameters = found.query.sql_with_params()
    return _Written(sql, parameters, found.query.select_for_update)


def _readers(row: type[NamedTuple]) -> list[tuple[int, Reader]]:
    """For each column whose values are not kept as what they are: how they are read."""
    kinds = enumerate(_kind(hint) for hint in get_type_hints(row).values())
    return [(column, READERS[kind]) for column, kind in kinds if kind in READERS]


def _kind(hint: Any) -> Any:
    """The class of values that are not None."""
    hints = get_args(hint) if isinstance(hint, UnionType) else [hint]
    (kind,) = (it for it in hints if it is not NoneType)
    return get_origin(kind) or kind


def _moment(value: datetime | str) -> datetime:
    # SQLite keeps no time zone, and knows no type of what a sub-query finds.
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _key(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


READERS: dict[Any, Reader] = {
    bool: bool,
    datetime: _moment,
    dict: json.loads,
    list: json.loads,
    UUID: _key,
}
