"""What a learner may see of an answer that is locked: by phase, as the quiz is set."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quizzes.behaviours import REVIEWABLE
from quizzes.models import Attempt, Quiz

# "Right after" lasts so long after the end of an attempt; then it is "later".
RIGHT_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Review:
    """Whether marks, the right answer and the explanation are shown."""

    marks: bool = True
    answer: bool = True
    explanation: bool = True


def review_of(attempt: Attempt, now: datetime) -> Review:
    """What the attempt's quiz shows of it at this moment."""
    shown = _phase(attempt, now)
    return Review("marks" in shown, "answer" in shown, "explanation" in shown)


def _phase(attempt: Attempt, now: datetime) -> list[str]:
    quiz, ended = attempt.quiz, attempt.finished_at
    if attempt.is_open or ended is None:
        return list(quiz.review_during)
    return list(quiz.review_after if now < ended + RIGHT_AFTER else quiz.review_later)


def tells_always(quiz: Quiz, *parts: str) -> bool:
    """Whether it shows these parts of a review, or all, from the moment an answer is graded."""
    phases = [quiz.review_after, quiz.review_later]
    if quiz.kind != Quiz.Kind.TEST:  # a test is graded at its end, others while they are open
        phases.append(quiz.review_during)
    return all(part in phase for phase in phases for part in parts or REVIEWABLE)
