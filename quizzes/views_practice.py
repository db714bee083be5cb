"""Pages of practice sets, and of the questions within a lesson."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.gate import MAY_SEE_DRAFTS, may_author
from accounts.learners import acting_learner, current_learner, person
from accounts.sent_fields import takes
from lessons.queries import lesson_of
from lessons.views import lesson_page
from quizzes import drafts, forms, practice_sets, queries, reading, services, tested
from quizzes.kinds import BadResponse
from quizzes.models import Quiz
from quizzes.responses import HtmxRequest, answer
from quizzes.saving import Known
from quizzes.sheets import RUN, not_saved
from quizzes.showing import answered
from quizzes.too_late import AnsweredBefore, NotTheirs, SetEnded
from throttling.refusals import TurnedAway
from training_jobs.forms import StartRunForm


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@takes(
    *(forms.SECONDS, forms.ATTEMPT, forms.DRAWN_AT, forms.KNOWN, *StartRunForm.base_fields),
    often=forms.RESPONSE,
)
def practice(request: HtmxRequest, slug: str, number: int) -> HttpResponse:
    """Practice question `number`; a POST checks the chosen option and locks the answer.

    It keeps what was typed for the run below the question, too.
    """
    learner = current_learner(request)
    quiz = queries.practice_quiz(slug, learner)
    page = practice_sets.practice_page(quiz.topic, learner)
    try:
        if request.method == "POST":
            practice_sets.refuse_ended(quiz, learner, page, forms.page_of(request.POST))
        if not 1 <= number <= page.total:
            raise Http404
        if page.attempt is None and quiz.draws:
            return _begin_practice(request, quiz)
        if request.method == "POST":
            return _check_practice(request, quiz, page, number)
    except SetEnded as ended:
        return _set_ended(request, quiz, number, ended)
    return _practice(request, page, number)


def _check_practice(
    request: HtmxRequest, quiz: Quiz, page: queries.QuizPage, number: int
) -> HttpResponse:
    posted = forms.response(request.POST)
    looked_at = forms.whole_number(request.POST, forms.SECONDS)
    draft = drafts.posted(request.POST)
    known: Known | None = None
    try:
        known = forms.known(request.POST)
        with acting_learner(request) as learner:
            attempt = practice_sets.begun(quiz, learner, page)
            known = practice_sets.known_of(forms.page_of(request.POST), attempt, number, known)
            kept = services.check(attempt, number, posted, looked_at, draft, known)
        # What was typed for the run is kept also where another answer counts.
        practice_sets.refuse_uncounted(attempt, kept, posted)
    except AnsweredBefore as error:
        return _practice(request, queries.attempt_page(attempt), number, error, known=known)
    except SetEnded:
        raise
    except (BadResponse, TurnedAway) as error:
        return _practice(request, page, number, error, posted, known)
    if request.htmx:
        return _practice(request, queries.attempt_page(attempt), number, known=known)
    if draft and not practice_sets.is_draft_kept(attempt, learner, draft):
        messages.warning(request, not_saved([RUN]))
    return redirect("practice", quiz.topic.slug, number)


def _set_ended(request: HtmxRequest, quiz: Quiz, number: int, ended: SetEnded) -> HttpResponse:
    """Instead of a new set, which nobody asked for: that theirs has ended, and where to go on."""
    template = "quizzes/_practice_ended.html" if request.htmx else "quizzes/practice_ended.html"
    context = {
        "topic": quiz.topic,
        "attempt": ended.attempt,
        "not_theirs": isinstance(ended, NotTheirs),
        "not_counted": practice_sets.not_counted(
            ended.attempt, number, forms.response(request.POST)
        ),
    }
    return answer(render(request, template, context), ended)


def _begin_practice(request: HtmxRequest, quiz: Quiz) -> HttpResponse:
    """Practice whose questions are drawn when it begins: a button, and then the first of them."""
    if request.method == "POST":
        with acting_learner(request) as learner:
            services.start(quiz, learner)
        return redirect("practice", quiz.topic.slug, 1)
    return render(request, "quizzes/practice_begin.html", {"quiz": quiz, "topic": quiz.topic})


def _practice(
    request: HtmxRequest,
    page: queries.QuizPage,
    number: int,
    error: BadResponse | TurnedAway | None = None,
    refused: list[str] | None = None,
    known: Known | None = None,
) -> HttpResponse:
    """The page of the question, with the response that was `refused` in its fields."""
    learner = page.attempt.learner if page.attempt else current_learner(request)
    page = tested.withheld_from(page, person(request))
    template = "quizzes/_practice.html" if request.htmx else "quizzes/practice.html"
    draft, typed = dict(page.attempt.draft) if page.attempt else {}, drafts.posted(request.POST)
    if learner is not None:
        page = practice_sets.as_far_as_known(page, learner, typed, known)
    if error is not None:  # of a check that was taken, the attempt has kept it
        draft |= typed
    question = page.questions[number - 1]
    context = {
        "page": page,
        "topic": page.topic,
        "question": question if refused is None else answered(question, refused),
        "error": str(error or ""),
        "form": drafts.form_of(draft, learner),
        "checked_now": request.method == "POST" and not error,
        "earlier": practice_sets.earlier(page, learner),
    }
    return answer(render(request, template, context), error)


@require_POST
@takes(
    *("question", "again", forms.SECONDS, forms.ATTEMPT, forms.DRAWN_AT, forms.KNOWN),
    often=forms.RESPONSE,
)
def check_inline(request: HtmxRequest, slug: str, mode: str) -> HttpResponse:
    """Checks one inline question of a lesson; `again` restarts the inline quiz."""
    quiz = queries.published_quiz(slug, Quiz.Kind.INLINE)
    topic = quiz.topic
    lesson = lesson_of(topic, mode, drafts=may_author(request, MAY_SEE_DRAFTS))
    number, posted = forms.whole_number(request.POST, "question"), forms.response(request.POST)
    looked_at = forms.whole_number(request.POST, forms.SECONDS)
    told = forms.page_of(request.POST)
    error = None
    try:
        known = forms.known(request.POST)
        with acting_learner(request) as learner:
            if "again" in request.POST:
                services.start(quiz, learner)
            else:
                of_page = practice_sets.attempt_of(quiz, learner, told)
                attempt = of_page or services.start(quiz, learner)
                known_here = practice_sets.known_of(told, attempt, number, known)
                reading.check(attempt, lesson, number, posted, looked_at, known_here)
    except (BadResponse, TurnedAway) as refusal:
        error = refusal
    refused = reading.Refused(number, posted, str(error)) if error else None
    if request.htmx:
        context = reading.inline_context(topic, lesson, request, refused) | {"number": number}
        is_over = isinstance(error, SetEnded)
        context["anew"] = is_over or practice_sets.shows_another(told, context["page"])
        return answer(render(request, "quizzes/_inline_checked.html", context), error)
    if refused:
        return answer(lesson_page(request, topic, lesson, inline_refused=refused), error)
    return redirect(f"{lesson.get_absolute_url()}#inline-{number or 1}")
