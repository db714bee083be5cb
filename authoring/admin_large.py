"""Lists of the admin over tables with millions of rows."""

from collections.abc import Callable, Iterable
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from authoring.admin_lookups import LookupList, LookupsMixin, unsearchable

# So many rows are counted, and can be walked through page by page.
MOST_COUNTED = 10_000
# So many people or questions that a search finds by their names are looked for in the rows.
MOST_FOUND = 500

# For a word, the keys by which its rows are found along an index.
Finder = Callable[[str], Iterable[Any]]


FOUND_TOO_OFTEN = (
    f"matches {MOST_FOUND} names or more; only {MOST_FOUND} of them were searched for. Type more of"
    " the name."
)


class BoundedPaginator(Paginator[Any]):
    """Counts no further than anyone walks: an exact count of a million rows takes seconds."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_COUNTED)

    @property
    def has_more(self) -> bool:
        """Whether there are rows beyond those that are counted."""
        return self._counted > MOST_COUNTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count())


class LargeList(LookupList):
    """Says of a number that was not counted to its end that there are more."""

    def told_count(self) -> str:
        more = self.paginator.has_more
        return f"more than {MOST_COUNTED:,}" if more else f"{self.result_count:,}"


def _tell_once(request: HttpRequest, words: str) -> None:
    """A list asks for its rows several times, as for the counts beside its filters."""
    told: set[str] = request.__dict__.setdefault("_told_of_searches", set())
    if words not in told:
        told.add(words)
        messages.warning(request, words)


class LargeListAdmin(LookupsMixin[Any]):
    """Searches names where they stand, in small tables, and then for the rows of what it found.

    `found_by` names lookups, such as `learner__in`, each with what gives its keys for a word.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    found_by: dict[str, Finder] = {}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LargeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if unsearchable(search_term):
            return queryset.none(), False
        for word in search_term.split():
            found = {
                lookup: list(find(word))[:MOST_FOUND] for lookup, find in self.found_by.items()
            }
            if any(len(keys) == MOST_FOUND for keys in found.values()):
                _tell_once(request, f"“{word}” {FOUND_TOO_OFTEN}")
            queryset = queryset.filter(self._having(found))
        return queryset, False

    def _having(self, found: dict[str, list[Any]]) -> Q:
        # An empty list beside another one would keep the database from using the other's index.
        having = [Q(**{lookup: keys}) for lookup, keys in found.items() if keys]
        return reduce(or_, having) if having else Q(pk__in=[])
