"""Times in the admin, shown as on every other page."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model
from django.http import HttpRequest
from django.utils.safestring import SafeString

from authoring.moments import told

Column = Callable[[Any], SafeString | str]


@lru_cache(maxsize=100)
def _column(name: str, description: str) -> Column:
    """The column for this field. Cached, because Django compares columns by identity."""

    @admin.display(description=description, ordering=name)
    def shown(row: Any) -> SafeString | str:
        return told(getattr(row, name))

    shown.__name__ = name
    return shown


def _with_columns(model: type[Model], names: Iterable[Any]) -> list[Any]:
    return [_shown(model, name) for name in names]


def _shown(model: type[Model], name: Any) -> Any:
    if isinstance(name, list | tuple):
        return _with_columns(model, name)
    try:
        field = model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return name
    if isinstance(field, DateTimeField):
        return _column(name, str(field.verbose_name))
    return name


def _model_of(page: Any) -> type[Model]:
    """The model whose rows the page shows."""
    model: type[Model] = page.model
    return model


class MomentsMixin:
    """Shows a row's times with their zone: in lists, on its page, and in inline rows.

    They are read-only.
    """

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        columns = super().get_list_display(request)  # type: ignore[misc]
        return _with_columns(_model_of(self), columns)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        names = [*super().get_readonly_fields(request, obj)]  # type: ignore[misc]
        fieldsets = super().get_fieldsets(request, obj) if self._has_fields() else []  # type: ignore[misc]
        listed = [name for _, options in fieldsets for name in options["fields"]]
        moments = [name for name in _with_columns(_model_of(self), listed) if callable(name)]
        return list(dict.fromkeys([*_with_columns(_model_of(self), names), *moments]))

    def _has_fields(self) -> bool:
        """Whether fields are declared; otherwise Django would ask for the read-only ones first."""
        return bool(getattr(self, "fields", None) or getattr(self, "fieldsets", None))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [
            (heading, {**options, "fields": _with_columns(_model_of(self), options["fields"])})
            for heading, options in super().get_fieldsets(request, obj)  # type: ignore[misc]
        ]
