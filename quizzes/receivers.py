"""What quizzes do when something happens further down."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.clearing import left_unanswered, without_work
from accounts.learners import learner_claimed
from accounts.models import Learner
from lessons.models import Topic
from quizzes import lifecycle, regrading, services, taking_over
from quizzes.behaviours import defaults_of
from quizzes.models import Answer, Attempt, Quiz
from training_jobs.sweeping import swept

# A sweep has runs to look after too; the next one is a second away.
MOST_AT_ONCE = 100


@receiver(post_save, sender=Topic)
def give_quizzes(instance: Topic, **_: Any) -> None:
    """Every topic has one quiz of each kind."""
    for kind in Quiz.Kind:
        Quiz.objects.get_or_create(topic=instance, kind=kind, defaults=defaults_of(kind))


@receiver(learner_claimed)
def move_work(guest: Learner, member: Learner, **_: Any) -> list[str]:
    """A guest's attempts, cards and reads follow."""
    return taking_over.hand_over(guest, member)


@receiver(left_unanswered)
def leave_unanswered(guests: QuerySet[Learner], **_: Any) -> QuerySet[Learner]:
    """Those who have begun a test, and nothing else, and answered or typed nothing in it."""
    own = Attempt.objects.filter(learner=OuterRef("pk"))
    further = own.exclude(state=Attempt.State.OPEN, quiz__kind=Quiz.Kind.TEST)
    touched = Q(seq__gt=0) | Q(tries__gt=0) | Q(answered_at__isnull=False) | Q(flagged=True)
    answered = Answer.objects.filter(touched, attempt__learner=OuterRef("pk"))
    worked = Exists(further) | Exists(answered) | Exists(own.exclude(draft={}))
    begun = guests.filter(Exists(own)).exclude(worked)
    return without_work(begun, but="attempts")


@receiver(swept)
def finish_overdue(**_: Any) -> None:
    """Finishes what its learner has left open beyond the time limit."""
    for attempt in lifecycle.overdue().select_related("quiz__topic__experiment", "learner")[
        :MOST_AT_ONCE
    ]:
        services.finish_overdue(attempt)


@receiver(swept)
def go_on_grading(**_: Any) -> None:
    """Continues the oldest regrading that a teacher has confirmed, by one portion.

    Between two portions others must have their turn, and the sweep must not wait meanwhile: it
    comes again.
    """
    if begun := regrading.going_on().first():
        regrading.go_on(begun, most=1)
