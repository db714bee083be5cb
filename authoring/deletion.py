"""Refuses to delete rows on which something depends that somebody still needs.

Each app whose rows depend on others' listens to `leaving` and returns, in sentences, what stands in
the way and what to do instead.
"""

from http.client import CONFLICT, FORBIDDEN, OK
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, ProtectedError, RestrictedError
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from authoring.models import Authored
from authoring.publication import withdrawn

# Sent with `row`; the sender is its model.
leaving = Signal()

# How many of the rows that stand in the way a sentence names.
MOST_NAMED = 3


def reasons_to_keep(row: Model) -> list[str]:
    """All reasons against deleting the row; empty if it can be deleted."""
    answers: list[tuple[Any, Any]] = leaving.send(type(row), row=row)
    kept = [words for _, found in answers for words in found or []]
    return (withdrawn(row) if isinstance(row, Authored) else []) + kept


def deletion_of(model: type[Model], key: str) -> LogEntry | None:
    """Who deleted that row in the admin, and when; None if it went with another or elsewhere."""
    logged = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id=key,
        action_flag=DELETION,
    )
    return logged.select_related("user").order_by("-action_time", "-pk").first()


class ExplainedDeletion(admin.ModelAdmin[Any]):
    """Refuses a deletion on a page that names what stands in the way, and what to do instead.

    Django lists every row that would go along, though there be thousands, and speaks of
    permissions that nobody has.
    """

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_delete_permission(request):
            return super().delete_view(request, object_id, extra_context)
        if reasons := reasons_to_keep(row):
            return self._keep(request, row, reasons)
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, RestrictedError) as error:  # joined to it meanwhile
            return self._keep(request, row, [_needed_by(error)])

    def _keep(self, request: HttpRequest, row: Model, reasons: list[str]) -> HttpResponse:
        status = OK if request.method == "GET" else CONFLICT
        if not self.has_delete_permission(request, row):
            status = FORBIDDEN
        context = {
            **self.admin_site.each_context(request),
            "title": "Not deleted",
            "opts": self.opts,
            "object": row,
            "reasons": reasons,
        }
        return TemplateResponse(request, "admin/not_deleted.html", context, status=status)


def _needed_by(error: ProtectedError | RestrictedError) -> str:
    rows = sorted(map(str, error.args[1]))
    further = f" and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
    return f"It is needed by {', '.join(rows[:MOST_NAMED])}{further}: delete or change these first."
