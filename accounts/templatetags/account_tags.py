"""Tags and filters for the pages of accounts."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, Form
from django.http import HttpRequest

from accounts import resending, second_step, waiting

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """For a data attribute that a script reads; the template escapes it."""
    return json.dumps(value)


@register.filter
def as_attrs(form: Form) -> dict[str, Form]:
    """For the partial that draws the fields of every form of accounts."""
    return {"form": form}


@register.filter
def in_own_direction(field: BoundField) -> str:
    """The field, what is typed into it read from where it begins: names and addresses."""
    typed = getattr(field.field.widget, "input_type", "") in ("text", "email")
    return field.as_widget(attrs={"dir": "auto"} if typed else None)


@register.simple_tag
def second_step_missing(request: HttpRequest) -> bool:
    """Whether this session needs a second step before it may open the authoring pages."""
    return second_step.is_missing(request)


@register.simple_tag
def second_step_optional() -> bool:
    """Whether this platform lets its staff author without one, as `make run` does."""
    return not settings.STAFF_NEED_SECOND_STEP


register.simple_tag(resending.way_back)
register.simple_tag(resending.sent_form)
register.simple_tag(waiting.waiting_deed)
