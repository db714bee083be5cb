"""Grades finished attempts again by a corrected key.

What a learner saw stays as it was: an answer keeps its version. Only whose key graded it changes,
with the credit, the score, and a line that says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from accounts.models import User
from quizzes.cards import grade_again
from quizzes.grading import Grade, earned
from quizzes.models import Answer, Attempt, Question, QuestionVersion, ScoreChange

FINISHED = Attempt.State.FINISHED


class PreviewOutdated(Exception):
    """The question was published anew since the list of affected attempts was shown."""


@dataclass(frozen=True)
class Regraded:
    """An attempt whose score the question's present key changes, by these of its answers."""

    attempt: Attempt
    answers: list[tuple[Answer, Grade]]

    @property
    def before(self) -> float:
        return self.attempt.score or 0.0

    @property
    def after(self) -> float:
        return self.before + sum(
            new.credit - (answer.credit or 0.0) for answer, new in self.answers
        )


def affected(question: Question) -> list[Regraded]:
    """The finished attempts in which the question's present key credits an answer otherwise."""
    if question.version is None:
        return []
    found: dict[UUID, Regraded] = {}
    for answer in _older(question):
        attempt, allowed = answer.attempt, answer.attempt.quiz.tries_allowed
        new = earned(question.version.facts, answer.response, answer.tries, allowed)
        if new.credit != answer.credit:
            found.setdefault(attempt.pk, Regraded(attempt, [])).answers.append((answer, new))
    return list(found.values())


def _older(question: Question) -> QuerySet[Answer]:
    """Answers that another version's key has graded last."""
    by_its_own = Q(graded_by=None) & ~Q(version=question.version)
    by_a_later = Q(graded_by__isnull=False) & ~Q(graded_by=question.version)
    answers = Answer.objects.filter(by_its_own | by_a_later, version__question=question)
    graded = answers.filter(attempt__state=FINISHED, correct__isnull=False)
    return graded.select_related("attempt__quiz__topic", "attempt__learner__user")


@transaction.atomic
def regrade(question: Question, number: int, reason: str, author: User) -> int:
    """Applies the key of version `number`, the one that was previewed; how many attempts changed.

    Raises PreviewOutdated when the question has been published again since.
    """
    # Held for the transaction: of two who confirm at once, the second finds nothing to change. Who
    # refers to the question meanwhile, with a new card, need not wait.
    rows = Question.objects.select_for_update(of=("self",), no_key=True)
    question = rows.get(pk=question.pk)
    version = question.version
    if version is None or version.number != number:
        raise PreviewOutdated
    changed = {item.attempt.pk: item for item in affected(question)}
    # Held, too, and read once more: the key of another of its questions may be corrected just now.
    held = Attempt.objects.select_for_update().filter(pk__in=changed, state=FINISHED)
    attempts = list(held.order_by("pk"))
    answers = [
        _graded(answer, new, version)
        for attempt in attempts
        for answer, new in changed[attempt.pk].answers
    ]
    Answer.objects.bulk_update(answers, ["correct", "credit", "graded_by"], batch_size=500)
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
    return len(attempts)


def _graded(answer: Answer, new: Grade, version: QuestionVersion) -> Answer:
    answer.correct, answer.credit, answer.graded_by = new.correct, new.credit, version
    return answer


def _rescore(attempts: Sequence[Attempt]) -> None:
    """Writes the sum of its answers' credit into each attempt."""
    graded = (
        Answer.objects.filter(attempt__in=attempts)
        .values_list("attempt")
        .annotate(total=Sum("credit"))
    )
    totals = dict(graded)
    for attempt in attempts:
        attempt.score = totals[attempt.pk]
    Attempt.objects.bulk_update(attempts, ["score"], batch_size=500)
