"""The fields of an author's forms."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from authoring.values import unsound

# How an admin page makes the form's fields of a model's, by their type.
Overrides = Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]


# Whole numbers with more digits are not read.
LONGEST_NUMBER = 1000
# In the worst case, rendering a text of this length takes about a second.
LONGEST_PROSE = 60_000
TOO_LONG = "This text has %(show_value)d characters, the limit is %(limit_value)d: divide it."


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


class Typed(str):
    """JSON as it was typed, to be shown again unchanged."""


class JSONText(forms.JSONField):
    """JSON typed by an author: errors name line and column."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            return read_json(value)
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, whether it can be read or not."""
        return initial if self.disabled or data is None else Typed(data)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, Typed) else super().prepare_value(value)


def read_json(text: str) -> Any:
    """The value; a ValidationError says what is wrong and where."""
    try:
        value = json.loads(text, object_pairs_hook=_each_once, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise ValidationError(_unreadable(error), code="invalid") from error
    except RecursionError as error:
        said = "It is nested too deeply to be read: use fewer levels of brackets."
        raise ValidationError(said, code="invalid") from error
    if said := unsound(value):
        raise ValidationError(said[0].upper() + said[1:], code="invalid")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two entries with one name, Python would silently keep the last."""
    for name, times in Counter(name for name, _ in pairs).items():
        if times > 1:
            said = f"{name!a} appears {times} times in one object: keep one."
            raise ValidationError(said, code="invalid")
    return dict(pairs)


def _whole(digits: str) -> int | float:
    """A whole number; Python refuses to read very long ones, and those are too large anyway."""
    return int(digits) if len(digits) < LONGEST_NUMBER else math.inf


def _unreadable(error: json.JSONDecodeError) -> str:
    """Where the text stops being JSON, what is there, and what is expected."""
    line = error.doc.splitlines()[error.lineno - 1 : error.lineno]
    here = line[0][max(0, error.colno - 1) :][:30] if line else ""
    found = f"it goes on with {here!r}" if here else "the text ends"
    return (
        f"Line {error.lineno}, column {error.colno}: {error.msg}; there {found}. JSON is written"
        ' like {"epochs": 5, "optimizer": "adam"}: names and texts in double quotes, a comma'
        " between two entries, none after the last."
    )


PROSE: Overrides = {
    models.TextField: {"form_class": ProseField},
    models.JSONField: {"form_class": JSONText},
}
