"""The answer where nothing is, or where somebody else's page is.

Anyone who signs up, or in, with a page of their work as a guest still open, is told that it is a
guest's, and how to go on with it: the address is right, and only the account does not have it yet.
"""

from collections.abc import Callable, Mapping
from http.client import NOT_FOUND
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts import offers
from accounts.models import Learner
from quizzes.models import Attempt, Card
from training_jobs.models import Run

# For scripts, as `X-Signed-Out` is.
GUESTS_WORK = "X-Guests-Work"


class Found(NamedTuple):
    """What an address names, as a word, and the guest whose it is."""

    word: str
    guest: UUID


def _attempt(guests: QuerySet[Learner], key: Any) -> Found | None:
    found = Attempt.objects.filter(pk=key, learner__in=guests).select_related("quiz").first()
    return Found(found.quiz.get_kind_display(), found.learner_id) if found else None


def _run(guests: QuerySet[Learner], key: Any) -> Found | None:
    return _owned("run", Run.objects.filter(pk=key, learner__in=guests))


def _group(guests: QuerySet[Learner], key: Any) -> Found | None:
    return _owned("sweep", Run.objects.filter(group=key, learner__in=guests))


def _card(guests: QuerySet[Learner], key: Any) -> Found | None:
    return _owned("review", Card.objects.filter(pk=key, learner__in=guests))


def _owned(word: str, rows: QuerySet[Any]) -> Found | None:
    guest = rows.values_list("learner", flat=True).first()
    return None if guest is None else Found(word, guest)


# What an address names, by the name of its part.
FINDERS: Mapping[str, Callable[[QuerySet[Learner], Any], Found | None]] = {
    "attempt_id": _attempt,
    "run_id": _run,
    "group": _group,
    "card_id": _card,
}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The handler of every 404."""
    asked = _asked(request)
    found = _guests_own(request, *asked) if asked else None
    if found is None:
        return render(request, "404.html", {"names_work": asked is not None}, status=NOT_FOUND)
    offers.ask_about(request, found.guest)
    page = render(request, "guests_work.html", {"what": found.word}, status=NOT_FOUND)
    page[GUESTS_WORK] = "1"
    add_never_cache_headers(page)
    return page


def _guests_own(request: HttpRequest, part: str, key: Any) -> Found | None:
    """What this address shows to a guest whose work may be taken over."""
    return FINDERS[part](offers.waiting_for(request), key)


def _asked(request: HttpRequest) -> tuple[str, Any] | None:
    """The part of this address that names a learner's work, and its value; None without one."""
    given = request.resolver_match.kwargs if request.resolver_match else {}
    return next(((part, given[part]) for part in FINDERS if part in given), None)
