"""Tells with a result what was sent for it and does not count: the result shows what does."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.learners import Person, person
from database.prepared import Given, Select
from quizzes import drafts, forms
from quizzes.drafts import Draft, Wish, merged, wish_of
from quizzes.models import Answer, Attempt
from quizzes.responses import HtmxRequest
from quizzes.sheets import RUN, not_counted
from quizzes.tested import tested_questions
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
    # Most saves lead nowhere, and an address takes time to make.
    to = response.get("Location")
    return to is not None and to == reverse("result", args=[attempt_id])


def _tell(request: HttpRequest, attempt_id: UUID) -> None:
    sent = forms.responses(request.POST, forms.positions(request.POST))
    lost = _uncounted(attempt_id, sent, person(request)) if sent else []
    typed = drafts.posted(request.POST)
    if typed and not _is_trained(attempt_id, typed):
        lost.append(RUN)
    if lost:
        messages.warning(request, not_counted(lost))


def _uncounted(attempt_id: UUID, sent: Mapping[int, Sequence[str]], whose: Person) -> list[int]:
    """The numbers of the questions that were answered otherwise than was sent.

    Without those that another test asks now: it would tell what was answered.
    """
    otherwise = {
        number: question
        for number, order, response, question in _ANSWERS(attempt=attempt_id)
        if number in sent and differs(order, response, sent[number])
    }
    tested = tested_questions(whose) if otherwise else {}
    return [number for number, question in otherwise.items() if question not in tested]


def _is_trained(attempt_id: UUID, typed: Draft) -> bool:
    """Whether the attempt's run was asked for with what was typed, as far as it was valid."""
    attempt = _ATTEMPT.first(id=attempt_id)
    if attempt is None:
        return True
    run, own = attempt.run, attempt.learner.seed
    kept = Wish(run.plan["seed"], run.prediction) if run else wish_of(attempt.draft)
    return wish_of(merged({}, typed, own)).or_seed(own) == kept.or_seed(own)


_ANSWERS = Select(
    lambda: (
        Answer.objects.filter(attempt=Given(Answer, "attempt"))
        .order_by("position")
        .values_list("position", "order", "response", "version__question")
    )
)
_ATTEMPT = Select(
    lambda: Attempt.objects.select_related("run", "learner").filter(id=Given(Attempt, "id"))
)
