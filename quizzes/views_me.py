"""A learner's own progress, and all attempts and runs page by page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import MAY_SEE_DRAFTS, may_author
from accounts.learners import acting_learner, current_learner
from accounts.sent_fields import takes
from lessons.queries import lesson_of, published_topic
from quizzes import queries, reading
from quizzes.progress_queries import progress_of
from quizzes.responses import HtmxRequest
from training_jobs.queries import runs_of

# What the page of one's progress shows of either list, and what a page of the whole list does.
LATEST, ON_A_PAGE = 5, 30


@require_safe
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """What was read, practised, tested and trained, topic by topic, and what comes back."""
    learner = current_learner(request)
    attempts = list(queries.attempts_of(learner))
    runs = list(runs_of(learner)[: LATEST + 1])
    context = {
        "learner": learner,
        "progress": progress_of(learner, attempts),
        "attempts": attempts[:LATEST],
        "more_attempts": len(attempts) > LATEST,
        "runs": runs[:LATEST],
        "more_runs": len(runs) > LATEST,
    }
    return render(request, "quizzes/me.html", context)


@require_safe
@never_cache
def my_attempts(request: HttpRequest) -> HttpResponse:
    """All attempts at practice sets and tests, newest first."""
    attempts = queries.attempts_of(current_learner(request))
    page = Paginator(attempts, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "quizzes/my_attempts.html", {"page": page, "attempts": page})


@require_safe
@never_cache
def my_runs(request: HttpRequest) -> HttpResponse:
    """All runs, newest first."""
    runs = runs_of(current_learner(request))
    page = Paginator(runs, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "quizzes/my_runs.html", {"page": page, "runs": page})


@require_POST
@takes()
def mark_read(request: HtmxRequest, slug: str, mode: str) -> HttpResponse:
    """Keeps that the learner has read a lesson."""
    topic = published_topic(slug)
    lesson = lesson_of(topic, mode, drafts=may_author(request, MAY_SEE_DRAFTS))
    with acting_learner(request) as learner:
        reading.mark_read(learner, lesson)
    if request.htmx:
        context = {"topic": topic, "lesson": lesson, "is_read": True, "marked_now": True}
        return render(request, "quizzes/_mark_read.html", context)
    return redirect(f"{lesson.get_absolute_url()}#read")
