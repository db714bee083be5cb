"""Lists of the admin that are filtered by an address: what cannot be looked up is told in words.

Django refuses what it notices while it builds a query. Much is noticed only when the query runs: a
number that no column holds, a year that no calendar has, a pattern that the database cannot read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import FieldError, ValidationError
from django.db import DatabaseError, Error, OperationalError
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

Row = TypeVar("Row", bound=Model)

# Bounds of what any database takes: SQLite nests a thousand conditions, and compares with patterns
# of 50,000 bytes.
MOST_CONDITIONS = 200
LONGEST = 1_000
# A pattern can keep a database busy for minutes, and none of our pages links to one.
PATTERNS = frozenset({"regex", "iregex"})
# SQLite's code for a query that is wrong in itself; others tell of locks, disks and memory.
SQLITE_ERROR = 1
# PostgreSQL's classes of the same: wrong data, wrong syntax or types, and more than it can nest.
WRONG_ON_POSTGRES = ("22", "42", "54")
NOT_THERE = "no such"

# What Python and Django raise about a value that cannot be turned into a database's.
OF_VALUES = (ArithmeticError, FieldError, LookupError, TypeError, ValidationError, ValueError)

UNREADABLE = "a value in it cannot be read"


def unsearchable(text: str) -> bool:
    """Whether no database can be asked for this text."""
    return "\0" in text or len(text) > LONGEST


def refusal_of(asked: dict[str, list[str]]) -> str:
    """Why these filters are not tried at all; empty if they are."""
    values = [value for given in asked.values() for value in given]
    if any(PATTERNS & set(name.split(LOOKUP_SEP)) for name in asked):
        return "lists cannot be filtered by regular expressions"
    if any("\0" in text for text in [*asked, *values]):
        return "it contains a NUL character"
    if any(len(text) > LONGEST for text in [*asked, *values]):
        return f"a value in it is longer than {LONGEST:,} characters"
    if sum(1 + value.count(",") + value.count(" ") for value in values) > MOST_CONDITIONS:
        return f"it has more than {MOST_CONDITIONS} values or words"
    return ""


@contextmanager
def told_as_refusals() -> Iterator[None]:
    """Turns what a database or Python has against a filter's values into a refusal."""
    try:
        yield
    except Error as error:
        if not _is_of_the_query(error):
            raise  # it is locked or away: waiting helps
        raise IncorrectLookupParameters(UNREADABLE) from error
    except OF_VALUES as error:
        raise IncorrectLookupParameters(UNREADABLE) from error


def _is_of_the_query(error: Error) -> bool:
    cause = error.__cause__
    if (state := getattr(cause, "sqlstate", None)) is not None:
        # 42P01: a table is missing, which no other filter would change.
        return state != "42P01" and str(state).startswith(WRONG_ON_POSTGRES)
    if isinstance(error, OperationalError):
        code = getattr(cause, "sqlite_errorcode", None)
        return bool(code == SQLITE_ERROR) and NOT_THERE not in str(error)
    # Raised before the database was asked.
    return isinstance(error, DatabaseError)


def _without_flag(asked: QueryDict) -> QueryDict:
    """The query without the flag of an earlier refusal, unless there is nothing else in it."""
    rest = asked.copy()
    rest.pop(ERROR_FLAG, None)
    return rest or asked


class LookupList(ChangeList):
    """A list whose rows are read where a filter can still be refused."""

    def get_filters(self, request: HttpRequest) -> Any:
        asked = {name: request.GET.getlist(name) for name in request.GET}
        if refusal := refusal_of(asked):
            raise IncorrectLookupParameters(refusal)
        return super().get_filters(request)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        len(self.result_list)  # the page would read them a moment later


class LookupsMixin(admin.ModelAdmin[Row]):
    """Says why a list cannot be filtered as an address asks, and shows all of it instead."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LookupList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        if not request.GET:
            return super().get_changelist_instance(request)
        try:
            with told_as_refusals():
                return super().get_changelist_instance(request)
        except IncorrectLookupParameters as refusal:
            why = next((it for it in refusal.args if isinstance(it, str)), UNREADABLE)
            said = f"The list cannot be filtered or searched as the address asks: {why}."
            messages.warning(request, f"{said} All of it is shown.")
            # With the flag Django would blame the database, though it is the rest that is wrong.
            request.GET = _without_flag(request.GET)  # type: ignore[assignment]
            raise

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Row | None:
        """An address may name the field in which to look, and may name it empty."""
        return super().get_object(request, object_id, from_field or None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Row], search_term: str
    ) -> tuple[QuerySet[Row], bool]:
        """Also asked by fields that complete what is typed, which have no list to refuse."""
        if unsearchable(search_term):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Row], *rest: Any, **options: Any
    ) -> HttpResponse | None:
        key = self.opts.pk
        try:
            for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                key.clean(chosen, None)
        except ValidationError:
            said = "The selected rows could not be identified: select them again."
            messages.error(request, said)
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *rest, **options)
