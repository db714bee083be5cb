"""Queries whose SQL is written once, for what is asked all the time.

Django writes the SQL of a query anew each time that it is asked; where a few rows are found by
their key, that takes far longer than the database takes to find them. Here Django writes it the
first time, with places for what differs (`Given`), and every thread keeps it for its connection.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=NamedTuple)
Query = Callable[[], QuerySet[Any, Any]]


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


class Select(Generic[Row]):
    """The rows of a query with `values_list`; its columns are the fields of `row`."""

    def __init__(self, row: type[Row], query: Query) -> None:
        self._row = row
        self._statements = _Statements(lambda: query().query.get_compiler(DEFAULT_DB_ALIAS))

    def __call__(self, **given: object) -> list[Row]:
        """All rows that it finds with these values."""
        return [self._row._make(row) for row in self._statements.here.rows(given)]


class Update:
    """An update of a query's rows with `changes`."""

    def __init__(self, query: Query, **changes: object) -> None:
        def compiler() -> SQLCompiler:
            update = cast("UpdateQuery", query().query.chain(UpdateQuery))
            update.add_update_values(changes)
            return cast("SQLCompiler", update.get_compiler(DEFAULT_DB_ALIAS))

        self._statements = _Statements(compiler)

    def __call__(self, **given: object) -> None:
        self._statements.here.execute(given)


class _Statements(threading.local):
    """One statement for each thread: a thread has its own connection, and Django its compilers."""

    def __init__(self, compiler: Callable[[], SQLCompiler]) -> None:
        self._compiler = compiler
        self._here: _Statement | None = None

    @property
    def here(self) -> "_Statement":
        if self._here is None:
            self._here = _Statement(self._compiler())
        return self._here


class _Statement:
    """What a compiler has written."""

    def __init__(self, compiler: SQLCompiler) -> None:
        self._compiler = compiler
        self._sql, parameters = compiler.as_sql()
        self._parameters: Sequence[Any] = parameters
        columns = [column for column, *_ in compiler.select or []]
        self._converters = compiler.get_converters(columns)

    def rows(self, given: dict[str, object]) -> Any:
        """What is found, each value as its field has it."""
        return self._compiler.apply_converters(self.execute(given), self._converters)

    def execute(self, given: dict[str, object]) -> Any:
        """What is found, as the database has it; empty for an update."""
        if self._compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("Nothing stays locked outside of a transaction.")
        parameters = [
            it.output_field.get_db_prep_save(given[it.name], connection)
            if isinstance(it, Given)
            else it
            for it in self._parameters
        ]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            return cursor.fetchall() if self._compiler.select else []
