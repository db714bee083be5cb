"""What a learner has reached in a quiz, over all of their attempts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Learner
from quizzes.behaviours import counted
from quizzes.models import Attempt, Quiz
from quizzes.reviewing import tells_always


@dataclass(frozen=True)
class OverallGrade:
    """What counts of a learner's finished attempts; `score` is a share of the questions."""

    score: float
    attempts: int
    rule: str

    @property
    def percent(self) -> int:
        return round(self.score * 100)


def overall_grade(quiz: Quiz, learner: Learner | None) -> OverallGrade | None:
    """The learner's result in this quiz, if there is one and it may be shown at any time.

    Void attempts do not count.
    """
    finished = Attempt.objects.filter(quiz=quiz, learner=learner, state=Attempt.State.FINISHED)
    totals = finished.annotate(total=Count("answers")).order_by("finished_at")
    return grade_over(quiz, totals.values_list("score", "total") if learner else [])


def grade_over(quiz: Quiz, results: Iterable[tuple[float | None, int]]) -> OverallGrade | None:
    """The same from score and length of the finished attempts, in the order they were finished."""
    if not tells_always(quiz, "marks"):
        return None
    scores = [(score or 0.0) / total for score, total in results if total]
    if not scores:
        return None
    rule = Quiz.Counts(quiz.counts)
    return OverallGrade(counted(scores, rule), len(scores), rule.label)
