"""Puts quizzes into lesson pages, which know nothing of them."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from accounts.learners import current_learner
from lessons.models import Topic
from quizzes import queries
from quizzes.models import Attempt
from quizzes.reviewing import review_of

register = template.Library()


@register.filter
def shows_marks(attempt: Attempt) -> bool:
    """Whether its score may be seen now."""
    return review_of(attempt, timezone.now()).marks


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
