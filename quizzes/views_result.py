"""The result of an attempt, and the run that it could not have at its end."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.learners import person
from lessons.views import MODE_COOKIE
from quizzes import card_queries, drafts, queries, services, tested
from quizzes.models import Attempt
from quizzes.next_steps import next_steps
from quizzes.responses import HtmxRequest
from quizzes.verdicts import verdict_on
from training_jobs.forms import StartRunForm
from training_jobs.queries import run_page


@require_safe
@never_cache
def result(request: HtmxRequest, attempt_id: UUID) -> HttpResponse:
    """Score, what it says, every question reviewed, and the live run."""
    found = queries.own_attempt(attempt_id, person(request))
    if services.finish_overdue(found):
        found = queries.own_attempt(attempt_id, person(request))
    if found.is_open:
        return redirect(found)
    if request.htmx:
        # A script that saved was led here, and opens it anew: what is to be told waits for that.
        return HttpResponse(status=204)
    return _result(request, found, drafts.form_of(found.draft, found.learner))


@require_POST
def train(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Asks for the run that could not be had at the finish; the result again if it still cannot."""
    found = queries.own_attempt(attempt_id, person(request))
    if found.is_open:
        return redirect(found)
    form = StartRunForm(request.POST, request.FILES)
    if form.is_valid():
        with form.refusals():
            services.train(found, seed=form.cleaned_data["seed"], prediction=form.prediction)
            return redirect("result", found.id)
    return _result(request, found, form)


def _result(request: HttpRequest, found: Attempt, form: StartRunForm) -> HttpResponse:
    whole = queries.attempt_page(found)
    page = tested.withheld_from(whole, person(request))
    run = run_page(found.run) if found.run else None
    verdict = verdict_on(page)
    context = {
        "quiz": page,
        "topic": page.topic,
        "attempt": found,
        # An open test withholds what explains the answers, and not what they were worth.
        "scored": whole.marked,
        "score_changes": found.score_changes.all(),
        "verdict": verdict,
        "steps": next_steps(page, verdict, request.COOKIES.get(MODE_COOKIE, "")),
        "attempts_left": queries.attempts_left(found.quiz, found.learner),
        "returning": card_queries.returning(found) if page.marked else None,
        "page": run,
        "mine": True,
        "learner": found.learner,
        "form": form,
    }
    return form.answer(render(request, "quizzes/result.html", context))
