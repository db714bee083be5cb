"""A guest's work becomes a member's."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Max, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.models import Learner
from quizzes import cards, lifecycle, reading
from quizzes.models import Answer, Attempt, LessonRead, Quiz
from training_jobs.models import Run

SET_ASIDE = "You had another one open in your account when you moved your guest work to it."


def open_in_both(guest: Learner, member: Learner | None) -> QuerySet[Attempt]:
    """The guest's open attempts at quizzes that the member has an open attempt at, too."""
    attempts = Attempt.objects.filter(state=Attempt.State.OPEN).select_related("quiz__topic")
    own = attempts.filter(learner=member).values("quiz")
    return attempts.filter(learner=guest, quiz__in=own) if member else attempts.none()


@dataclass(frozen=True)
class GuestsWork:
    """How much a guest has done."""

    answers: int
    runs: int
    lessons: int

    def __str__(self) -> str:
        counts = {"answer": self.answers, "run": self.runs, "read lesson": self.lessons}
        said = [_counted(number, what) for what, number in counts.items() if number]
        return _listed(said) or "what was begun"


def work_of(guest: Learner) -> GuestsWork:
    """In one query, however much it is."""
    given = Answer.objects.filter(attempt__learner=OuterRef("pk"), answered_at__isnull=False)
    answers = _number(given.exclude(response=[]), "attempt__learner")
    runs = _number(Run.objects.filter(learner=OuterRef("pk")), "learner")
    reads = _number(LessonRead.objects.filter(learner=OuterRef("pk")), "learner")
    asked = Learner.objects.filter(pk=guest.pk).values_list(answers, runs, reads)
    return GuestsWork(*(asked.first() or (0, 0, 0)))


def _number(rows: QuerySet[Any], whose: str) -> Coalesce:
    counted = rows.order_by().values(whose).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _listed(said: list[str]) -> str:
    return " and ".join(part for part in (", ".join(said[:-1]), *said[-1:]) if part)


def hand_over(guest: Learner, member: Learner) -> list[str]:
    """Moves everything in the caller's transaction; returns what the member has to be told.

    Of two open attempts at one quiz the member's goes on. The guest's is set aside, not removed:
    its answers stay to be read.
    """
    lifecycle.hold_all(guest, member)
    set_aside = [one for one in open_in_both(guest, member) if lifecycle.set_aside(one, SET_ASIDE)]
    _move_attempts(guest, member)
    cards.hand_over(guest, member)
    reading.hand_over(guest, member)
    # An inline quiz has no page of its own, and the lesson goes on as the member left it.
    return [_told(one.quiz) for one in set_aside if one.quiz.kind != Quiz.Kind.INLINE]


def _move_attempts(guest: Learner, member: Learner) -> None:
    """They come after the member's own: which one is somebody's first is counted in statistics."""
    own = Attempt.objects.filter(learner=member).exclude(state=Attempt.State.VOID)
    # Asked for before: an update would count what it has moved just now.
    last = own.order_by().values_list("quiz").annotate(last=Max("number"))
    so_far = Case(*(When(quiz=quiz, then=number) for quiz, number in last), default=0)
    moved = Attempt.objects.filter(learner=guest)
    # Only now is it known that the guest was a member of the staff, who tried it out.
    known = {"by_staff": True} if member.is_staff else {}
    moved.update(number=F("number") + so_far, learner=member, **known)


def _told(quiz: Quiz) -> str:
    what = f"The {quiz.get_kind_display()} on “{quiz.topic}” that you had begun as a guest"
    return f"{what} is set aside, because you have one open in your account. Its answers are kept."
