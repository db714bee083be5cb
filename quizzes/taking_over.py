"""A guest's work becomes a member's."""

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Learner
from quizzes import cards, lifecycle, reading
from quizzes.models import Attempt, Quiz

SET_ASIDE = "You had another one open in your account when you took over your work as a guest."


def open_in_both(guest: Learner, member: Learner | None) -> QuerySet[Attempt]:
    """The guest's open attempts at quizzes that the member has an open attempt at, too."""
    attempts = Attempt.objects.filter(state=Attempt.State.OPEN).select_related("quiz__topic")
    own = attempts.filter(learner=member).values("quiz")
    return attempts.filter(learner=guest, quiz__in=own) if member else attempts.none()


def hand_over(guest: Learner, member: Learner) -> list[str]:
    """Moves everything in the caller's transaction; returns what the member has to be told.

    Of two open attempts at one quiz the member's goes on. The guest's is set aside, not removed:
    its answers stay to be read.
    """
    for learner in (guest, member):
        lifecycle.hold_all(learner)
    set_aside = [one for one in open_in_both(guest, member) if lifecycle.set_aside(one, SET_ASIDE)]
    _move_attempts(guest, member)
    cards.hand_over(guest, member)
    reading.hand_over(guest, member)
    # An inline quiz has no page of its own, and the lesson goes on as the member left it.
    return [_told(one.quiz) for one in set_aside if one.quiz.kind != Quiz.Kind.INLINE]


def _move_attempts(guest: Learner, member: Learner) -> None:
    """They come after the member's own: which one is somebody's first is counted in statistics."""
    own = Attempt.objects.filter(learner=member, quiz=OuterRef("quiz"))
    counted = own.exclude(state=Attempt.State.VOID).order_by("-number")
    last = Coalesce(Subquery(counted.values("number")[:1]), 0)
    moved = Attempt.objects.filter(learner=guest)
    moved.update(number=F("number") + last, learner=member)


def _told(quiz: Quiz) -> str:
    what = f"The {quiz.get_kind_display()} on “{quiz.topic}” that you had begun as a guest"
    return f"{what} is set aside, because you have one open in your account. Its answers are kept."
