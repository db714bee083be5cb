"""What the admin pages of all authored rows share."""

from typing import TypeVar

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
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
