"""Puts quizzes into lesson pages, which know nothing of them."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from accounts.learners import claimable_guest, current_learner
from accounts.resending import sent_form, way_back
from lessons.models import Topic
from quizzes import card_queries, queries, reading
from quizzes.hundredths import hundredths
from quizzes.models import Attempt, Quiz
from quizzes.promises import (
    Promises,
    practice_words,
    promises_of,
    words_of_result,
    words_of_test,
)
from quizzes.reviewing import review_of
from quizzes.taking_over import GuestsWork, open_in_both, work_of

register = template.Library()
register.filter("hundredths", hundredths)


@register.filter
def shows_marks(attempt: Attempt) -> bool:
    """Whether its score may be seen now."""
    return review_of(attempt, timezone.now()).marks


@register.inclusion_tag("quizzes/_inline.html", takes_context=True)
def inline_quiz(context: RequestContext) -> dict[str, Any]:
    """The topic's inline questions as this reader left them, then the lesson's key insight."""
    request, topic, lesson = context["request"], context["topic"], context["lesson"]
    refused = context.get("inline_refused")
    return {
        **reading.inline_context(topic, lesson, request, refused),
        "request": request,
        "csrf_token": context["csrf_token"],
    }


@register.simple_tag(takes_context=True)
def practice_progress(context: RequestContext, topic: Topic) -> queries.QuizPage:
    """The practice set of a topic as this reader left it."""
    return queries.practice_progress(topic, current_learner(context["request"]))


@register.simple_tag(takes_context=True)
def open_test(context: RequestContext, topic: Topic) -> Attempt | None:
    """The test of a topic that this reader has begun and not finished."""
    learner = current_learner(context["request"])
    return queries.open_attempt(topic, Quiz.Kind.TEST, learner) if learner else None


@register.simple_tag
def promises(topic: Topic) -> Promises:
    """What the topic's practice and test do, as they are set now."""
    quizzes = {quiz.kind: quiz for quiz in topic.quizzes.all()}
    length = queries.test_length(topic)
    return promises_of(quizzes[Quiz.Kind.PRACTICE], quizzes[Quiz.Kind.TEST], length)


register.filter(practice_words)
register.filter(words_of_test)
register.filter(words_of_result)


@register.simple_tag(takes_context=True)
def reviews_due(context: RequestContext, topic: Topic) -> int:
    """How many of the topic's questions this reader has missed and is to be asked again now."""
    return card_queries.due_in(topic, current_learner(context["request"]))


@register.inclusion_tag("quizzes/_mark_read.html", takes_context=True)
def mark_read(context: RequestContext) -> dict[str, Any]:
    """Whether this reader has read the lesson, and the button that says so."""
    request, lesson = context["request"], context["lesson"]
    return {
        "topic": context["topic"],
        "lesson": lesson,
        "is_read": reading.has_read(current_learner(request), lesson),
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("quizzes/_claim.html", takes_context=True)
def claim_offer(context: RequestContext) -> dict[str, Any]:
    """Asks signed-in people what should become of their work as a guest, until they decide."""
    request = context.get("request")
    guest = claimable_guest(request) if request and hasattr(request, "user") else None
    return {
        "guest": guest,
        "work": work_of(guest) if guest else None,
        "clashes": open_in_both(guest, current_learner(request)) if guest and request else [],
        "csrf_token": context.get("csrf_token"),
        "back": way_back(request) if guest and request else "",
        "sent": sent_form(request) if guest and request else None,
    }


@register.simple_tag(takes_context=True)
def guests_work(context: RequestContext) -> GuestsWork | None:
    """What a signed-in person is asked about, and has not answered for yet."""
    guest = claimable_guest(context["request"])
    return work_of(guest) if guest else None
