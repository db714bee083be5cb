"""Inputs of the form that stands on every page from which a run can be started."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString


class _Plain(forms.widgets.Input):
    """Draws what Django's template for an input draws, in a third of the time."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        given = {} if widget["value"] is None else {"value": widget["value"]}
        attributes = {"type": widget["type"], "name": name, **given, **widget["attrs"]}
        return format_html("<input{}>", flatatt(attributes))


class NumberInput(_Plain, forms.TextInput):
    """A number as text, which a browser checks by `pattern`, and describes by `title`.

    In an input of type number, browsers drop a comma as it is typed, so that 9,5 becomes 95, and
    hide a refused value that is not a number.
    """


class HiddenInput(_Plain, forms.HiddenInput):
    """What the form knows and nobody types."""
