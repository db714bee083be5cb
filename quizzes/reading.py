"""Which lessons a learner has read: as they say, or by having answered the questions inside."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.learners import current_learner, person
from accounts.models import Learner
from lessons.models import Lesson, Topic
from quizzes import practice_sets, queries, services, tested
from quizzes.models import Attempt, LessonRead
from quizzes.saving import Known


@dataclass(frozen=True)
class Refused:
    """What was posted to question `number`, and why it was not checked."""

    number: int
    posted: list[str]
    why: str


def inline_context(
    topic: Topic, lesson: Lesson, request: HttpRequest, refused: Refused | None = None
) -> dict[str, Any]:
    """What the inline questions of a lesson are drawn from, also when one was refused just now."""
    page = queries.inline_page(topic, current_learner(request))
    page = tested.withheld_from(page, person(request))
    context: dict[str, Any] = {"topic": topic, "lesson": lesson}
    if refused is not None:
        is_asked = 1 <= refused.number <= page.total
        if is_asked and not page.questions[refused.number - 1].is_locked:
            page = page.with_response(refused.number, refused.posted)
        context |= {"error": refused.why, "is_asked": is_asked, "number": refused.number}
    return context | {"page": page}


def mark_read(learner: Learner, lesson: Lesson) -> None:
    """Twice is harmless."""
    LessonRead.objects.get_or_create(learner=learner, lesson=lesson)


def check(
    attempt: Attempt,
    lesson: Lesson,
    position: int,
    response: list[str],
    seconds: int,
    known: Known | None = None,
) -> None:
    """Checks a question inside a lesson; answering the last one marks the lesson as read.

    `seconds` is how long the question was looked at; 0 where the page cannot tell. Raises
    BadResponse, also when another answer counts.
    """
    kept = services.check(attempt, position, response, seconds, known=known)
    practice_sets.refuse_uncounted(attempt, kept, response)
    if Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.FINISHED).exists():
        mark_read(attempt.learner, lesson)


def has_read(learner: Learner | None, lesson: Lesson) -> bool:
    reads = LessonRead.objects.filter(learner=learner, lesson=lesson)
    return learner is not None and reads.exists()


def hand_over(guest: Learner, member: Learner) -> None:
    """Gives a guest's reads to a member; of a lesson that both have read, one remains."""
    own = LessonRead.objects.filter(learner=member).values("lesson")
    LessonRead.objects.filter(learner=guest).exclude(lesson__in=own).update(learner=member)
