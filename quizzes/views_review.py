"""Missed questions that come back: one after the other, each checked and explained at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.learners import current_learner
from accounts.sent_fields import takes
from quizzes import card_queries, cards, forms
from quizzes.card_queries import ReviewPage
from quizzes.kinds import BadResponse
from quizzes.responses import HtmxRequest, answer

NOT_ASKED = (
    "What you chose was not counted: you have answered that question elsewhere since your page "
    "showed it, or it is not asked at present."
)
RATED_BEFORE = (
    "Your rating “{}” was not counted: that question was rated, or answered again, in another tab "
    "before."
)


@require_safe
@never_cache
def review(request: HtmxRequest) -> HttpResponse:
    """The question that is due the longest; or when the next one is, and where to practise."""
    learner = current_learner(request)
    page = card_queries.next_page(learner)
    if page is not None:
        return _review(request, page)
    context = {"nothing": card_queries.nothing_due(learner)}
    return render(request, "quizzes/review_nothing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@takes("seq", "version", often=forms.RESPONSE)
def card(request: HtmxRequest, card_id: int) -> HttpResponse:
    """One of them, open or with its explanation; a POST checks the answer."""
    found = card_queries.own_card(card_id, current_learner(request))
    page = card_queries.card_page(found)
    error: BadResponse | None = None
    if page is not None and request.method == "POST":
        posted, seq = forms.response(request.POST), forms.whole_number(request.POST, "seq")
        shown = forms.whole_number(request.POST, "version")
        try:
            version = card_queries.version_as_shown(found, shown)
            if not cards.answer(found, version, seq, posted):
                found = card_queries.own_card(card_id, found.learner)
                page = card_queries.card_page(found)
                card_queries.refuse_late(page, posted)
            page = card_queries.card_page(found)
        except BadResponse as refused:
            page, error = page and page.with_response(posted), refused
    if page is None:
        if forms.response(request.POST):
            messages.info(request, NOT_ASKED)
        return HttpResponseClientRedirect(reverse("review")) if request.htmx else redirect("review")
    if request.method == "POST" and not request.htmx and not error:
        return redirect("card", card_id)
    return _review(request, page, error)


@require_POST
@takes("seq", "rating")
def rate(request: HtmxRequest, card_id: int) -> HttpResponse:
    """Says how hard a right answer was, and goes on to the next question."""
    found = card_queries.own_card(card_id, current_learner(request))
    seq = forms.whole_number(request.POST, "seq")
    word = request.POST.get("rating", "")
    try:
        if not cards.rate(found, seq, word) and word != card_queries.latest_word(found):
            messages.info(request, RATED_BEFORE.format(word))
    except BadResponse as error:
        messages.error(request, str(error))
        return redirect("card", card_id)
    return redirect("review")


def _review(
    request: HtmxRequest, page: ReviewPage, error: BadResponse | None = None
) -> HttpResponse:
    template = "quizzes/_review.html" if request.htmx else "quizzes/review.html"
    checked_now = request.method == "POST" and not error
    said = str(error or "")
    context = {"page": page, "question": page.question, "error": said, "checked_now": checked_now}
    response = answer(render(request, template, context), error)
    if request.htmx:
        # A reload shows this question again, and not the next one.
        response["HX-Replace-Url"] = reverse("card", args=[page.card.pk])
    return response
