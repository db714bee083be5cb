"""Queries whose SQL is written once, for what is asked all the time.

Django writes the SQL of a query anew each time that it is asked; where a few rows are found by
their key, that takes far longer than the database takes to find them. Here Django writes it the
first time, with places for what differs (`Given`), and every thread keeps it for its connection.
"""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql import Query, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.constants import ROW_COUNT

Found = TypeVar("Found")


class Given(Expression):
    """The place of a value that is given by `name` when the query is asked; else by its field's.

    It stands in filters and in what is updated; the value is stored as the model's field is.
    """

    def __init__(self, model: type[Model], field: str, name: str = "") -> None:
        super().__init__(output_field=cast("Field[Any, Any]", model._meta.get_field(field)))
        self.name = name or field

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        """One parameter, in whose place this stands until there is a value."""
        return "%s", [self]

    def filled(self, given: dict[str, object]) -> object:
        """What the database gets for the value that is given under this name."""
        return self.output_field.get_db_prep_save(given[self.name], connection)


class Select(Generic[Found]):
    """What a query finds that locks nothing, such as models."""

    def __init__(self, query: Callable[[], QuerySet[Any, Found]]) -> None:
        self._asked = _Asked(query)

    def __call__(self, **given: object) -> list[Found]:
        """All that it finds with these values."""
        return list(self._asked.with_values(given).all())

    def first(self, **given: object) -> Found | None:
        """The first that it finds, if there is any."""
        return next(iter(self(**given)), None)


class Update:
    """An update of a query's rows with `changes`."""

    def __init__(self, query: Callable[[], QuerySet[Any, Any]], **changes: object) -> None:
        def updated() -> QuerySet[Any, Any]:
            rows = query()
            rows.query = update = rows.query.chain(UpdateQuery)
            cast("UpdateQuery", update).add_update_values(changes)
            return rows

        self._asked = _Asked(updated)

    def __call__(self, **given: object) -> None:
        rows = self._asked.with_values(given)
        rows.query.get_compiler(DEFAULT_DB_ALIAS).execute_sql(ROW_COUNT)


class _Asked(threading.local):
    """A query in one thread: a thread has its own connection, and Django its compilers.

    To run a query, Django asks it for its compiler, and that for SQL and parameters. Both answer
    with what was written here, and so does every copy of the query; Django does the rest.
    """

    def __init__(self, query: Callable[[], QuerySet[Any, Any]]) -> None:
        self._new = query
        self._written: QuerySet[Any, Any] | None = None

    def with_values(self, given: dict[str, object]) -> QuerySet[Any, Any]:
        """The query, for these values until it is for others."""
        self._given = given
        if self._written is None:
            query = self._new()
            self._write_once(query.query)
            self._written = query
        return self._written

    def _write_once(self, query: Query) -> None:
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()

        def as_sql(*_: object, **__: object) -> tuple[str, list[Any]]:
            given = self._given
            return sql, [it.filled(given) if isinstance(it, Given) else it for it in parameters]

        vars(compiler)["as_sql"] = as_sql
        vars(query)["get_compiler"] = lambda *_, **__: compiler
