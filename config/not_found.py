"""The answer where nothing is, or where somebody else's page is.

Anyone who signs up, or in, with a page of their work as a guest still open, is told that it is a
guest's, and how to go on with it: the address is right, and only the account does not have it yet.
"""

from collections.abc import Callable, Mapping
from http.client import NOT_FOUND
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts.learners import claimable_guest
from accounts.models import Learner
from quizzes.models import Attempt, Card
from training_jobs.models import Run

# For scripts, as `X-Signed-Out` is.
GUESTS_WORK = "X-Guests-Work"


def _attempt(guest: Learner, key: Any) -> str:
    found = Attempt.objects.filter(pk=key, learner=guest).select_related("quiz").first()
    return str(found.quiz.get_kind_display()) if found else ""


def _run(guest: Learner, key: Any) -> str:
    return "run" if Run.objects.filter(pk=key, learner=guest).exists() else ""


def _group(guest: Learner, key: Any) -> str:
    return "sweep" if Run.objects.filter(group=key, learner=guest).exists() else ""


def _card(guest: Learner, key: Any) -> str:
    return "review" if Card.objects.filter(pk=key, learner=guest).exists() else ""


# What an address names, by the name of its part: the word for it, if it is this guest's.
WORDS: Mapping[str, Callable[[Learner, Any], str]] = {
    "attempt_id": _attempt,
    "run_id": _run,
    "group": _group,
    "card_id": _card,
}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The handler of every 404."""
    what = _guests_own(request)
    if not what:
        return render(request, "404.html", {"names_work": bool(_asked(request))}, status=NOT_FOUND)
    page = render(request, "guests_work.html", {"what": what}, status=NOT_FOUND)
    page[GUESTS_WORK] = "1"
    add_never_cache_headers(page)
    return page


def _guests_own(request: HttpRequest) -> str:
    """The word for what this address shows to the guest whose work may be taken over."""
    asked = _asked(request)
    guest = claimable_guest(request) if asked else None
    if asked is None or guest is None:
        return ""
    part, key = asked
    return WORDS[part](guest, key)


def _asked(request: HttpRequest) -> tuple[str, Any] | None:
    """The part of this address that names a learner's work, and its value; None without one."""
    given = request.resolver_match.kwargs if request.resolver_match else {}
    return next(((part, given[part]) for part in WORDS if part in given), None)
