"""Which set of questions a page belongs to: it may be another one than is open now.

A page tells the attempt that it shows. One that was drawn before anything was answered tells when
that was, and belongs to the first attempt that its learner has begun since.
"""

from dataclasses import replace
from uuid import UUID

from accounts.models import Learner
from lessons.models import Topic
from quizzes import drafts, services
from quizzes.drafts import Draft
from quizzes.forms import PageOf
from quizzes.models import Answer, Attempt, Question, Quiz
from quizzes.queries import (
    QuizPage,
    asked_in_open_test,
    attempt_page,
    latest_attempt,
    open_attempt,
    preview_page,
)
from quizzes.saving import Known
from quizzes.sheets import RUN
from quizzes.too_late import NotTheirs, SetEnded, chosen_here, differs, refuse_other


def practice_page(topic: Topic, learner: Learner | None) -> QuizPage:
    """The practice set: the learner's open attempt, or what a new one would ask."""
    begun = open_attempt(topic, Quiz.Kind.PRACTICE, learner) if learner else None
    return attempt_page(begun) if begun else preview_page(topic, Question.Use.PRACTICE)


def refuse_ended(quiz: Quiz, learner: Learner | None, page: QuizPage, told: PageOf) -> None:
    """Raises SetEnded where something is posted from another set than `page`, the current one.

    Raises NotTheirs where it is somebody else's, and was drawn for them.
    """
    if page.attempt and str(page.attempt.pk) == told.attempt:
        return
    of_page = attempt_of(quiz, learner, told)
    if of_page is None and told.attempt and quiz.draws:
        raise NotTheirs
    if of_page is not None and of_page != page.attempt:
        raise SetEnded(of_page)


def attempt_of(quiz: Quiz, learner: Learner | None, told: PageOf) -> Attempt | None:
    """The learner's attempt that the page belongs to, open or not; None if it has not begun.

    Also None for somebody else's: anyone who signs in or out meanwhile, and sends the page again,
    was told that it counts for who they are now. Raises SetEnded for one that is gone.
    """
    attempts = Attempt.objects.filter(quiz=quiz)
    if told.attempt:
        key = _key(told.attempt)
        found = attempts.filter(pk=key).first() if key else None
        if found is None:
            raise SetEnded(None)
        return _own(found, quiz, learner)
    if told.drawn_at is None or learner is None:
        return None
    since = attempts.filter(learner=learner, started_at__gte=told.drawn_at)
    return _own(since.order_by("started_at").first(), quiz, learner)


def _own(found: Attempt | None, quiz: Quiz, learner: Learner | None) -> Attempt | None:
    if found is None or learner is None or found.learner_id != learner.pk:
        return None
    found.quiz, found.learner = quiz, learner
    return found


def shows_another(told: PageOf, page: QuizPage) -> bool:
    """Whether the page that was sent shows an attempt, and it is not that of `page`."""
    shown = str(page.attempt.pk) if page.attempt else None
    return told.attempt is not None and told.attempt != shown


def begun(quiz: Quiz, learner: Learner, page: QuizPage) -> Attempt:
    """The set of the page that was read just now, begun if it was not. Raises SetEnded."""
    attempt = services.start(quiz, learner)
    if page.attempt is not None and attempt.pk != page.attempt.pk:
        raise SetEnded(page.attempt)
    return attempt


def known_of(told: PageOf, attempt: Attempt, number: int, known: Known | None) -> Known | None:
    """What a page knows to be saved at question `number` of the attempt, and of its draft.

    One that shows another attempt, or is from before this one was begun, has seen nothing of it.
    """
    if told.attempt == str(attempt.pk) or told == PageOf(None, None):
        return known
    return {number: (0,), RUN: (0,)}


def refuse_uncounted(attempt: Attempt, kept: Answer, posted: list[str]) -> None:
    """Raises AnsweredBefore or SetEnded unless what was posted to a check is what is `kept`."""
    if not attempt.is_open and (attempt.is_void or kept.answered_at is None):
        raise SetEnded(attempt)
    is_checked = kept.is_locked or kept.tries > 0
    refuse_other(kept.version.facts, kept.order, kept.response, posted, is_checked=is_checked)


def is_draft_kept(attempt: Attempt, learner: Learner, typed: Draft) -> bool:
    """Whether what was `typed` for the run is what the attempt, as it was read, keeps."""
    return bool(drafts.merged(attempt.draft, typed, learner.seed) == attempt.draft)


def as_far_as_known(
    page: QuizPage, learner: Learner, typed: Draft, known: Known | None
) -> QuizPage:
    """The page after a check: a script leaves what was `typed` for the run in its fields.

    Where something else is kept, it therefore knows no more than before, and its finish says so.
    """
    if page.attempt is None or known is None or not typed:
        return page
    if is_draft_kept(page.attempt, learner, typed):
        return page
    return replace(page, saves=[*page.saves[:-1], min(known[RUN])])


def earlier(page: QuizPage, learner: Learner | None) -> Attempt | None:
    """The set that its learner has finished already, where `page` shows it before a new one."""
    if page.attempt is not None:
        return None
    return latest_attempt(page.topic, Quiz.Kind.PRACTICE, learner)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def not_counted(attempt: Attempt | None, number: int, posted: list[str]) -> str:
    """What was posted to a question of a set that had ended; empty if it was answered so before.

    Also empty where an open test asks it: it would tell what was answered.
    """
    answers = Answer.objects.filter(attempt=attempt, position=number).select_related("version")
    answer = answers.first() if attempt else None
    if answer is None or attempt is None or not differs(answer.order, answer.response, posted):
        return ""
    if asked_in_open_test(attempt.learner, answer.version.question_id):
        return ""
    return chosen_here(answer.version.facts, posted)
