"""Puts quizzes into lesson pages, which know nothing of them."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import template
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.learners import current_learner
from lessons.models import Topic
from quizzes import queries
from quizzes.models import Attempt
from quizzes.reviewing import review_of
from quizzes.showing import ShownQuestion

register = template.Library()


@register.filter
def shows_marks(attempt: Attempt) -> bool:
    """Whether its score may be seen now."""
    return review_of(attempt, timezone.now()).marks


@register.simple_tag
def question_fields(
    question: ShownQuestion, place: str, field: str, total: int = 0
) -> SafeString:
    """What a question asks, with its inputs or what became of them.

    `place` is unique on the page, `field` the name of the inputs, `total` the quiz's length where
    it is known. Most learners have the same question at the same place, and it is drawn once: the
    templates get nothing else, so what is alike looks alike.
    """
    # Neither is drawn here, and the seconds are everybody's own.
    return _drawn(replace(question, flagged=False, seconds=None), place, field, total)


@register.simple_tag
def sheet_question(question: ShownQuestion, total: int) -> SafeString:
    """The same, where all questions of a test stand on one page."""
    place, field = f"question-{question.number}", f"choice-{question.number}"
    return question_fields(question, place, field, total)


@lru_cache(maxsize=2000)
def _drawn(question: ShownQuestion, place: str, field: str, total: int) -> SafeString:
    context = {"question": question, "place": place, "field": field, "total": total}
    return render_to_string("quizzes/_question.html", context)


@register.inclusion_tag("quizzes/_inline.html", takes_context=True)
def inline_quiz(context: RequestContext) -> dict[str, Any]:
    """The topic's inline questions as this reader left them, then the lesson's key insight."""
    request = context["request"]
    page = queries.inline_page(context["topic"], current_learner(request))
    return {
        "page": page,
        "topic": context["topic"],
        "lesson": context["lesson"],
        "request": request,
        "csrf_token": context["csrf_token"],
    }


@register.simple_tag(takes_context=True)
def practice_progress(context: RequestContext, topic: Topic) -> queries.QuizPage:
    """The practice set of a topic as this reader left it."""
    return queries.practice_page(topic, current_learner(context["request"]))
