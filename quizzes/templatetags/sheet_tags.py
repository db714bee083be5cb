"""What the page of an open test draws again and again, and its clock."""

from datetime import datetime
from functools import lru_cache
from math import ceil

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from quizzes import drawn_questions
from quizzes.sheets import Place

register = template.Library()
register.simple_tag(drawn_questions.sheet_question)


@register.filter
def seconds_left(moment: datetime) -> int:
    """Whole seconds until this moment, rounded up: a page that counts them down is never early."""
    return max(0, ceil((moment - timezone.now()).total_seconds()))


@register.simple_tag
@lru_cache(maxsize=500)
def sheet_place(place: Place) -> SafeString:
    """A question in the navigator. There are few that differ, and each is drawn once."""
    return render_to_string("quizzes/_sheet_place.html", {"place": place})
