"""The fields of an author's forms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models

# How an admin page makes the form's fields of a model's, by their type.
Overrides = Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]


# Rendering the least favourable text of this length takes about a second.
LONGEST_PROSE = 60_000
TOO_LONG = "This text has %(show_value)d characters, and may have %(limit_value)d: divide it."


class ProseField(forms.CharField):
    """Text of several lines, ended as in files; browsers send line ends of another kind.

    So a text that nobody touched is not taken for a changed one. Its first line may be indented, as
    code is in Markdown.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"strip": False})
        self.validators.append(MaxLengthValidator(LONGEST_PROSE, TOO_LONG))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"dir": "auto"}

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").strip("\n").rstrip()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


PROSE: Overrides = {models.TextField: {"form_class": ProseField}}
