"""What the page of an open test draws again and again, and its clock."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from quizzes import drawn_questions, sheets
from quizzes.sheets import Place

register = template.Library()
register.filter(sheets.seconds_left)
register.simple_tag(drawn_questions.sheet_question)


@register.simple_tag
@lru_cache(maxsize=500)
def sheet_place(place: Place) -> SafeString:
    """A question in the navigator. There are few that differ, and each is drawn once."""
    return render_to_string("quizzes/_sheet_place.html", {"place": place})
