"""Which set of questions a page belongs to: it may be another one than is open now.

A page tells the attempt that it shows. One that was drawn before anything was answered tells when
that was, and belongs to the first attempt that its learner has begun since.
"""

from uuid import UUID

from accounts.models import Learner
from lessons.models import Topic
from quizzes import services
from quizzes.drafts import Draft
from quizzes.forms import PageOf
from quizzes.models import Answer, Attempt, Question, Quiz
from quizzes.queries import QuizPage, attempt_page, open_attempt, preview_page
from quizzes.saving import Known
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


def begun(quiz: Quiz, learner: Learner, page: QuizPage) -> Attempt:
    """The set of the page that was read just now, begun if it was not. Raises SetEnded."""
    attempt = services.start(quiz, learner)
    if page.attempt is not None and attempt.pk != page.attempt.pk:
        raise SetEnded(page.attempt)
    return attempt


def check(
    attempt: Attempt,
    number: int,
    posted: list[str],
    seconds: int,
    draft: Draft | None = None,
    known: Known | None = None,
) -> None:
    """Checks what was posted to a question of the set, and keeps the run's `draft`.

    `seconds` is how long the question was looked at; 0 where the page cannot tell. Raises
    AnsweredBefore or SetEnded when something else counts, and BadResponse; then no draft is kept.
    """
    kept = services.check(attempt, number, posted, seconds, draft, known)
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
