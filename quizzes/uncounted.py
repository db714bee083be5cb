"""Tells with a result what was sent for it and does not count: the result shows what does."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from quizzes import drafts, forms
from quizzes.drafts import Draft, Wish, merged, wish_of
from quizzes.models import Answer, Attempt
from quizzes.responses import HtmxRequest
from quizzes.sheets import RUN, not_counted
from quizzes.too_late import differs

AnAttemptsView = Callable[[HtmxRequest, UUID], HttpResponse]


def tell_uncounted(view: AnAttemptsView) -> AnAttemptsView:
    """For a view that saves or finishes a sheet."""

    @wraps(view)
    def telling(request: HtmxRequest, attempt_id: UUID) -> HttpResponse:
        response = view(request, attempt_id)
        if request.method == "POST" and _ends(response, attempt_id):
            _tell(request, attempt_id)
        return response

    return telling


def _ends(response: HttpResponse, attempt_id: UUID) -> bool:
    return response.get("Location") == reverse("result", args=[attempt_id])


def _tell(request: HttpRequest, attempt_id: UUID) -> None:
    sent = forms.responses(request.POST, forms.positions(request.POST))
    lost = _uncounted(attempt_id, sent) if sent else []
    typed = drafts.posted(request.POST)
    if typed and not _is_trained(attempt_id, typed):
        lost.append(RUN)
    if lost:
        messages.warning(request, not_counted(lost))


def _uncounted(attempt_id: UUID, sent: Mapping[int, Sequence[str]]) -> list[int]:
    """The numbers of the questions that were answered otherwise than was sent."""
    answers = Answer.objects.filter(attempt=attempt_id, position__in=sent).order_by("position")
    kept = answers.values_list("position", "order", "response")
    return [number for number, order, response in kept if differs(order, response, sent[number])]


def _is_trained(attempt_id: UUID, typed: Draft) -> bool:
    """Whether the attempt's run was asked for with what was typed, as far as it was valid."""
    attempt = Attempt.objects.select_related("run", "learner").get(pk=attempt_id)
    own = attempt.learner.seed
    wanted = wish_of(merged({}, typed, own))
    kept = wish_of(attempt.draft)
    if attempt.run is not None:
        kept = Wish(attempt.run.plan["seed"], attempt.run.prediction)
    return wanted.or_seed(own) == kept.or_seed(own)
