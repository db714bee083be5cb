"""What admin pages share: their frame, and a read-only form."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db import models
from django.db.models import Model
from django.forms import Field, SlugField, TextInput
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from authoring.admin_lookups import LookupsMixin
from authoring.admin_moments import MomentsMixin
from authoring.deletion import ExplainedDeletion

SLUG_HAS_ONLY = (
    "A slug is part of an address: the letters a to z, digits, - and _ only. Leave out spaces,"
    " accents and other characters."
)

Row = TypeVar("Row", bound=Model)


class FormAdmin(MomentsMixin, LookupsMixin[Row], ExplainedDeletion, admin.ModelAdmin[Row]):
    """Sends a form to its page's address without the fragment of a link that was followed before.

    With a fragment the browser would go there, and not to what the answering page has to say.
    """

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """Text in a field takes its direction from the text itself; a slug is refused in words."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, SlugField):
            field.error_messages["invalid"] = SLUG_HAS_ONLY
        if field is not None and isinstance(field.widget, TextInput):
            field.widget.attrs.setdefault("dir", "auto")
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        address = form_url or request.get_full_path()
        return super().changeform_view(request, object_id, address, extra_context)


class FramedAdmin(FormAdmin[Any]):
    """Has pages of its own about one row, within the admin's frame."""

    def page(
        self, request: HttpRequest, template: str, row: Model, title: str, **context: Any
    ) -> HttpResponse:
        """A page about this row."""
        shared = self.admin_site.each_context(request)
        context |= {"opts": self.opts, "original": row, "title": title}
        return TemplateResponse(request, template, shared | context)


class ReadOnlyAdmin(MomentsMixin, LookupsMixin[Any]):
    """Rows that the platform writes: to be read by people, never changed by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
