"""Grades finished attempts again by a corrected key.

What a learner saw stays as it was: an answer keeps its version. Only whose key graded it changes,
with the credit, the score, and a line that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from quizzes.cards import grade_again
from quizzes.grading import Grade, grade
from quizzes.models import Answer, Attempt, Question, ScoreChange

FINISHED = Attempt.State.FINISHED


class PreviewOutdated(Exception):
    """The question was published anew since the list of affected attempts was shown."""


@dataclass(frozen=True)
class Regraded:
    """An answer whose credit the question's present key changes."""

    answer: Answer
    grade: Grade

    @property
    def before(self) -> float:
        return self.answer.attempt.score or 0.0

    @property
    def after(self) -> float:
        return self.before - (self.answer.credit or 0.0) + self.grade.credit


def affected(question: Question) -> list[Regraded]:
    """The answers in finished attempts that the question's present key credits otherwise."""
    if question.version is None:
        return []
    facts = question.version.facts
    found = (Regraded(answer, grade(facts, answer.response)) for answer in _older(question))
    return [item for item in found if item.grade.credit != item.answer.credit]


def _older(question: Question) -> QuerySet[Answer]:
    """Answers that another version's key has graded last."""
    by_its_own = Q(graded_by=None) & ~Q(version=question.version)
    by_a_later = Q(graded_by__isnull=False) & ~Q(graded_by=question.version)
    answers = Answer.objects.filter(by_its_own | by_a_later, version__question=question)
    graded = answers.filter(attempt__state=FINISHED, correct__isnull=False)
    return graded.select_related("attempt__quiz__topic", "attempt__learner__user")


@transaction.atomic
def regrade(question: Question, number: int, reason: str, author: User) -> int:
    """Applies the key of version `number`, the one that was previewed; returns how many changed.

    Raises PreviewOutdated when the question has been published again since.
    """
    # Held for the transaction: of two who confirm at once, the second finds nothing to change.
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    version = question.version
    if version is None or version.number != number:
        raise PreviewOutdated
    changed = affected(question)
    for item in changed:
        item.answer.correct, item.answer.credit = item.grade.correct, item.grade.credit
        item.answer.graded_by = version
    answers = [item.answer for item in changed]
    Answer.objects.bulk_update(answers, ["correct", "credit", "graded_by"], batch_size=500)
    attempts = [answer.attempt for answer in answers]
    before = {attempt.pk: attempt.score or 0.0 for attempt in attempts}
    _rescore(attempts)
    ScoreChange.objects.bulk_create(
        ScoreChange(
            attempt=attempt,
            version=version,
            score_before=before[attempt.pk],
            score_after=attempt.score or 0.0,
            reason=reason,
            author=author,
        )
        for attempt in attempts
    )
    grade_again(question, answers)
    return len(changed)


def _rescore(attempts: Sequence[Attempt]) -> None:
    """Writes the sum of its answers' credit into each attempt; a question is asked once in it."""
    graded = (
        Answer.objects.filter(attempt__in=attempts)
        .values_list("attempt")
        .annotate(total=Sum("credit"))
    )
    totals = dict(graded)
    for attempt in attempts:
        attempt.score = totals[attempt.pk]
    Attempt.objects.bulk_update(attempts, ["score"], batch_size=500)
