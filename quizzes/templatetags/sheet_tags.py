"""What the page of an open test counts."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from django import template
from django.utils import timezone

from quizzes.showing import ShownQuestion

register = template.Library()


@register.filter
def flagged(questions: Iterable[ShownQuestion]) -> int:
    """How many of them are to be looked at again."""
    return sum(question.flagged for question in questions)


@register.filter
def seconds_left(moment: datetime) -> int:
    """Whole seconds until this moment, rounded up: a page that counts them down is never early."""
    return max(0, ceil((moment - timezone.now()).total_seconds()))
