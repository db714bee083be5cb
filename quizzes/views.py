"""Pages of tests: what they are, their sheet, and their end."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.learners import acting_learner, current_learner, person
from accounts.sent_fields import OddFields, takes
from quizzes import drafts, forms, queries, saving, services, tested
from quizzes.kinds import BadResponse
from quizzes.models import Attempt, Quiz
from quizzes.overall_grades import overall_grade
from quizzes.queries import QuizPage
from quizzes.responses import HtmxRequest
from quizzes.saving import Saved
from quizzes.sheets import Sheet, changed_elsewhere, not_saved, seconds_left
from quizzes.unkept import Unkept, passed_over, unkept_of
from training_jobs.forms import StartRunForm

SECONDS_LEFT = "X-Seconds-Left"
STOPPED = "This page stopped saving."


@require_http_methods(["GET", "HEAD", "POST"])
@takes()
def test(request: HttpRequest, slug: str) -> HttpResponse:
    """What the test is; a POST starts it, or returns to the one that is open."""
    quiz = queries.published_quiz(slug, Quiz.Kind.TEST)
    topic = quiz.topic
    if request.method == "POST":
        try:
            with acting_learner(request) as acting:
                return redirect(services.start(quiz, acting))
        except services.NoAttemptLeft:
            return redirect("test", slug)  # the page says it
    learner = current_learner(request)
    context = {
        "topic": topic,
        "quiz": quiz,
        "attempt": queries.open_attempt(topic, Quiz.Kind.TEST, learner),
        "length": queries.test_length(topic),
        "attempts_left": queries.attempts_left(quiz, learner),
        "overall": overall_grade(quiz, learner),
    }
    return render(request, "quizzes/test.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def attempt(request: HtmxRequest, attempt_id: UUID) -> HttpResponse:
    """An open test; a POST saves what is chosen. Other attempts lead to where they go on."""
    if request.method == "POST" and (told := _save(request, attempt_id)):
        return told
    found = queries.own_attempt(attempt_id, person(request))
    if not found.is_open or services.finish_overdue(found):
        return redirect("result", found.id)
    if found.quiz.kind != Quiz.Kind.TEST:
        return redirect("practice", found.quiz.topic.slug, 1)
    if request.GET.get("part") == "time":
        return with_time_left(HttpResponse(status=204), found.expires_at)
    return _attempt(request, queries.attempt_page(found), _form_of(found))


def _form_of(found: Attempt) -> StartRunForm:
    return drafts.form_of(found.draft, found.learner)


def _attempt(
    request: HttpRequest, page: QuizPage, form: StartRunForm, unkept: Unkept | None = None
) -> HttpResponse:
    """The sheet as it is kept, with what could not be kept in its fields."""
    unkept = unkept or Unkept()
    context = {
        "page": unkept.drawn_on(page),
        "sheet": page.sheet,
        "topic": page.topic,
        "form": form,
        "all_kept": unkept.is_nothing,
    }
    return form.answer(render(request, "quizzes/attempt.html", context))


def _save(request: HtmxRequest, attempt_id: UUID) -> HttpResponse | None:
    """Saves in the open test, and tells; None when it is not open, or not this learner's."""
    _refuse_odd_sheet(request, attempt_id)
    posted, whole = request.POST, forms.WHOLE in request.POST
    positions = queries.positions(attempt_id) if whole else forms.positions(posted)
    seq = forms.whole_number(posted, "seq")
    if not request.htmx:
        # Without JavaScript a page keeps the number it was loaded with, however often it is sent.
        seq = max(seq, queries.next_seq(attempt_id))
    try:
        saved = saving.save_sheet(
            attempt_id,
            forms.responses(posted, positions),
            seq,
            forms.flags(posted, positions),
            forms.seconds(posted, positions),
            drafts.posted(posted),
            known=forms.known(posted),
            whose=person(request),
            about=forms.positions(posted),
        )
    except BadResponse as error:
        return _not_saved(request, attempt_id, str(error), passed_over(error), status=422)
    if saved.sheet is None:
        return None
    if told := _overtaken(saved, open_page=bool(request.htmx)):
        return _not_saved(request, attempt_id, told, saved.passed_over, status=409)
    if request.htmx:
        return with_time_left(_saved(request, saved.sheet, positions), saved.expires_at)
    if forms.LATER in posted:
        messages.success(request, "Your answers are saved. The test is still open.")
        return redirect("me")
    messages.success(request, "Your answers are saved.")
    return redirect("attempt", attempt_id)


def _overtaken(saved: Saved, *, open_page: bool) -> str:
    """What was changed elsewhere, if the page has to be told: an open one still shows it."""
    if saved.passed_over:
        told = not_saved(saved.passed_over)
    elif saved.elsewhere and open_page:
        told = changed_elsewhere(saved.elsewhere)
    else:
        return ""
    return f"{told} {STOPPED}" if open_page else told


def _refuse_odd_sheet(request: HtmxRequest, attempt_id: UUID) -> None:
    """Raises OddFields, or Http404 for people who have no access to this sheet."""
    try:
        forms.refuse_odd_sheet(request)
    except OddFields:
        queries.own_attempt(attempt_id, person(request))
        raise


def with_time_left(response: HttpResponse, expires_at: datetime | None) -> HttpResponse:
    """The response, with a header that tells the open page how much time is left."""
    if expires_at is not None:
        response[SECONDS_LEFT] = seconds_left(expires_at)
    return response


def _not_saved(
    request: HtmxRequest, attempt_id: UUID, why: str, stays: Collection[int], *, status: int
) -> HttpResponse | None:
    """Tells why; None where the test is not open, or not this learner's."""
    if request.htmx:
        return HttpResponse(why, status=status, content_type="text/plain")
    found = queries.own_attempt(attempt_id, person(request))
    if not found.is_open or found.quiz.kind != Quiz.Kind.TEST:
        return None
    messages.error(request, why)
    page = queries.attempt_page(found)
    sent = forms.responses(request.POST, queries.positions(attempt_id))
    answer = _attempt(request, page, _form_of(found), unkept_of(page, sent, stays))
    answer.status_code = status
    return answer


def _saved(request: HtmxRequest, sheet: Sheet, positions: Collection[int]) -> HttpResponse:
    """The parts of the page that the save has changed."""
    places = [place for place in sheet.places if place.number in positions]
    return render(request, "quizzes/_saved.html", {"sheet": sheet, "places": places})


@require_POST
def finish(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Grades the attempt and queues its run; a second post leads to the same result."""
    found = queries.own_attempt(attempt_id, person(request))
    if not found.is_open:
        return redirect("result", found.id)
    positions = queries.positions(found.pk)
    form = forms.FinishForm(positions, request.POST, request.FILES)
    if form.is_valid():
        try:
            services.finish(
                found,
                forms.responses(request.POST, positions),
                seconds=forms.seconds(request.POST, positions),
                seq=forms.whole_number(request.POST, "seq") or None,
                known=forms.known(request.POST),
                seed=form.cleaned_data["seed"],
                prediction=form.prediction,
            )
            return redirect("result", found.id)
        except BadResponse as error:
            form.add_error(None, str(error))
    return _refuse_finish(request, found, form, positions)


def _refuse_finish(
    request: HttpRequest, found: Attempt, form: StartRunForm, positions: range
) -> HttpResponse:
    """The page again with the form's errors; what was chosen and flagged on it is kept.

    What could not be kept is in its fields, unless something newer stays.
    """
    stays = _keep(request, found, form, positions)
    found = queries.own_attempt(found.pk, person(request))  # with the number of that save
    if not found.is_open or services.finish_overdue(found):
        return redirect("result", found.id)
    page = queries.attempt_page(found)
    if found.quiz.kind != Quiz.Kind.TEST:
        page = tested.withheld_from(page, person(request))
    unkept = unkept_of(page, forms.responses(request.POST, positions), stays)
    if unkept.stays:
        messages.warning(request, not_saved(unkept.stays))
    if found.quiz.kind == Quiz.Kind.TEST:
        return _attempt(request, page, form, unkept)
    context = {
        "page": page,
        "topic": page.topic,
        "question": unkept.drawn_on(page).questions[-1],
        "form": form,
        "all_kept": unkept.is_nothing,
    }
    return form.answer(render(request, "quizzes/practice.html", context))


def _keep(
    request: HttpRequest, found: Attempt, form: StartRunForm, positions: range
) -> Collection[int]:
    """Saves what was sent, and tells where something newer stays.

    What cannot be kept becomes an error of the form, if it is none yet.
    """
    if found.quiz.tries_allowed > 1:
        positions = range(0)  # each response is a try there, and is kept when it is checked
    try:
        return saving.save(
            found,
            forms.responses(request.POST, positions),
            forms.whole_number(request.POST, "seq") or queries.next_seq(found.pk),
            forms.flags(request.POST, positions),
            forms.seconds(request.POST, positions),
            forms.known(request.POST),
            drafts.posted(request.POST),
        )
    except BadResponse as error:
        if str(error) not in form.non_field_errors():
            form.add_error(None, str(error))
        return passed_over(error)
