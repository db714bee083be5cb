"""The fields of an author's forms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import models

# How an admin page makes the form's fields of a model's, by their type.
Overrides = Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]


class ProseField(forms.CharField):
    """Text of several lines, ended as in files; browsers send line ends of another kind.

    So a text that nobody touched is not taken for a changed one. Its first line may be indented, as
    code is in Markdown.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"strip": False})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").strip("\n").rstrip()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


PROSE: Overrides = {models.TextField: {"form_class": ProseField}}
