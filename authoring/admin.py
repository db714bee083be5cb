"""What admin pages share: those of authored rows, and those that are only read."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from authoring.models import Authored

Row = TypeVar("Row", bound=Authored)


class AuthoredAdmin(admin.ModelAdmin[Row]):
    """Remembers that a person edited the row, so that the loader never overwrites it."""

    save_on_top = True

    def save_model(
        self, request: HttpRequest, obj: Row, form: ModelForm[Row], change: bool
    ) -> None:
        obj.edited_at = timezone.now()
        super().save_model(request, obj, form, change)


class FramedAdmin(admin.ModelAdmin[Any]):
    """Has pages of its own about one row, within the admin's frame."""

    def page(
        self, request: HttpRequest, template: str, row: Model, title: str, **context: Any
    ) -> HttpResponse:
        """A page about this row."""
        shared = self.admin_site.each_context(request)
        context |= {"opts": self.opts, "original": row, "title": title}
        return TemplateResponse(request, template, shared | context)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that the platform writes: to be read by people, never changed by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
