"""Reading pages: the course, a topic, a topic in one mode."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import MAY_SEE_DRAFTS, may_author
from lessons import queries
from lessons.models import Lesson, Topic

MODE_COOKIE = "mode"
A_YEAR = 60 * 60 * 24 * 365


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tracks and their topics."""
    return render(request, "lessons/home.html", {"tracks": queries.course()})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic: its modes, and where to start."""
    found = queries.published_topic(slug)
    choices = queries.mode_choices(found, request.COOKIES.get(MODE_COOKIE, ""))
    context = {"topic": found, "choices": choices, "entry": queries.entry(choices)}
    return render(request, "lessons/topic.html", context)


@require_safe
def lesson(request: HttpRequest, slug: str, mode: str) -> HttpResponse:
    """A topic in one mode; the mode is remembered for the next topic."""
    found = queries.published_topic(slug)
    chosen = queries.lesson_of(found, mode, drafts=may_author(request, MAY_SEE_DRAFTS))
    return lesson_page(request, found, chosen)


def lesson_page(
    request: HttpRequest, found: Topic, chosen: Lesson, **further: object
) -> HttpResponse:
    """The page of a lesson; `further` is for what is put into it from above."""
    blocks = queries.shown_blocks(chosen)
    context = {
        "topic": found,
        "lesson": chosen,
        "blocks": blocks,
        "notes": queries.notes_of(blocks),
        "choices": queries.mode_choices(found, chosen.mode),
    }
    response = render(request, "lessons/lesson.html", context | further)
    response.set_cookie(
        MODE_COOKIE,
        chosen.mode,
        max_age=A_YEAR,
        path=settings.SESSION_COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response
