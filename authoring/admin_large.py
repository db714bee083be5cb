"""Lists of the admin over tables with millions of rows."""

from collections.abc import Callable, Iterable
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from authoring.admin_lookups import LookupsMixin, unsearchable

# So many rows are counted, and can be walked through page by page.
MOST_COUNTED = 10_000
# So many people or questions that a search finds by their names are looked for in the rows.
MOST_FOUND = 500

# For a word, the keys by which its rows are found along an index.
Finder = Callable[[str], Iterable[Any]]


class BoundedPaginator(Paginator[Any]):
    """Counts no further than anyone walks: an exact count of a million rows takes seconds."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class LargeListAdmin(LookupsMixin[Any]):
    """Searches names where they stand, in small tables, and then for the rows of what it found.

    `found_by` names lookups, such as `learner__in`, each with what gives its keys for a word.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    found_by: dict[str, Finder] = {}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if unsearchable(search_term):
            return queryset.none(), False
        for word in search_term.split():
            queryset = queryset.filter(self._having(word))
        return queryset, False

    def _having(self, word: str) -> Q:
        found = {lookup: list(find(word))[:MOST_FOUND] for lookup, find in self.found_by.items()}
        # An empty list beside another one would keep the database from using the other's index.
        having = [Q(**{lookup: keys}) for lookup, keys in found.items() if keys]
        return reduce(or_, having) if having else Q(pk__in=[])
