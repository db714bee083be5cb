"""The admin's "View on site", where a key that cannot be is not found, as any other that is not."""

from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponseBase


def view_on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponseBase:
    """Leads to the row's own page. Raises Http404 where there is no row, or it has no page."""
    try:
        return shortcut(request, content_type_id, object_id)
    except (DataError, OverflowError, ValidationError, ValueError) as error:
        raise Http404 from error
