"""Which set of questions a page belongs to: it may be another one than is open now.

A page tells the attempt that it shows. One that was drawn before anything was answered tells the
attempt that was the latest then, and belongs to the first one after that.
"""

from dataclasses import replace
from uuid import UUID

from django.db.models import Case, QuerySet, When

from accounts.models import Learner
from lessons.models import Topic
from quizzes import services
from quizzes.drafts import Draft
from quizzes.forms import PageOf
from quizzes.models import Answer, Attempt, Question, Quiz
from quizzes.queries import QuizPage, attempt_page, preview_page
from quizzes.too_late import SetEnded, chosen_here, differs, refuse_other


def practice_page(topic: Topic, learner: Learner | None) -> QuizPage:
    """The practice set: the learner's open attempt, or what a new one would ask."""
    latest = _latest(topic, learner) if learner else None
    if latest is not None and latest.is_open:
        return attempt_page(latest)
    page = preview_page(topic, Question.Use.PRACTICE)
    return replace(page, after=latest)


def _latest(topic: Topic, learner: Learner) -> Attempt | None:
    """The open one, or else the one that was begun last."""
    open_first = Case(When(state=Attempt.State.OPEN, then=0), default=1)
    attempts = Attempt.objects.select_related("quiz__topic__track").order_by(
        open_first, "-started_at"
    )
    return attempts.filter(
        learner=learner, quiz__topic=topic, quiz__kind=Quiz.Kind.PRACTICE
    ).first()


def refuse_ended(quiz: Quiz, learner: Learner | None, page: QuizPage, told: PageOf) -> None:
    """Raises SetEnded where something is posted from another set than `page`, the current one."""
    current = page.attempt or page.after
    if current and str(current.pk) == (told.attempt if page.attempt else told.after):
        return
    of_page = attempt_of(quiz, learner, told)
    if of_page is not None and of_page != page.attempt:
        raise SetEnded(of_page)


def attempt_of(quiz: Quiz, learner: Learner | None, told: PageOf) -> Attempt | None:
    """The learner's attempt that the page belongs to, open or not; None if it has not begun.

    Also None for somebody else's: anyone who signs in or out meanwhile, and sends the page again,
    was told that it counts for who they are now. Raises SetEnded for one that is gone.
    """
    attempts = Attempt.objects.filter(quiz=quiz).order_by("started_at")
    if told.attempt:
        key = _key(told.attempt)
        found = attempts.filter(pk=key).first() if key else None
        if found is None:
            raise SetEnded(None)
        return _known(found, quiz, learner)
    if told.after is None or learner is None:
        return None
    return _known(_first_after(attempts.filter(learner=learner), told.after), quiz, learner)


def _first_after(own: QuerySet[Attempt], after: str) -> Attempt | None:
    if not after:
        return own.first()
    key = _key(after)
    earlier = own.filter(pk=key).first() if key else None
    return own.filter(started_at__gt=earlier.started_at).first() if earlier else None


def _known(found: Attempt | None, quiz: Quiz, learner: Learner | None) -> Attempt | None:
    if found is None or learner is None or found.learner_id != learner.pk:
        return None
    found.quiz, found.learner = quiz, learner
    return found


def begun(quiz: Quiz, learner: Learner, page: QuizPage) -> Attempt:
    """The set of the page that was read just now, begun if it was not. Raises SetEnded."""
    attempt = services.start(quiz, learner)
    if page.attempt is not None and attempt.pk != page.attempt.pk:
        raise SetEnded(page.attempt)
    return attempt


def check(
    attempt: Attempt, number: int, posted: list[str], seconds: int, draft: Draft | None = None
) -> None:
    """Checks what was posted to a question of the set, and keeps the run's `draft`.

    `seconds` is how long the question was looked at; 0 where the page cannot tell. Raises
    AnsweredBefore or SetEnded when something else counts, and BadResponse.
    """
    kept = services.check(attempt, number, posted, seconds, draft)
    if kept.answered_at is None:
        raise SetEnded(attempt)
    refuse_other(kept.version.facts, kept.order, kept.response, posted)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def not_counted(attempt: Attempt | None, number: int, posted: list[str]) -> str:
    """What was posted to a question of a set that had ended; empty if it was answered so before."""
    answers = Answer.objects.filter(attempt=attempt, position=number).select_related("version")
    answer = answers.first() if attempt else None
    if answer is None or not differs(answer.order, answer.response, posted):
        return ""
    return chosen_here(answer.version.facts, posted)
