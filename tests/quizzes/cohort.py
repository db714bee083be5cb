"""A small class whose answers are known, to hold statistics against."""

from collections.abc import Sequence

from lessons.models import Topic
from quizzes import services
from quizzes.models import Attempt
from tests.factories import answers, keyed, make_learner, mistaken, quiz

# Who was right (a row for each learner, a column for each question).
Marks = Sequence[Sequence[int]]


def answered(topic: Topic, marks: Marks, kind: str = "practice") -> list[Attempt]:
    """A finished attempt of a new learner for each row."""
    return [attempted(topic, row, kind) for row in marks]


def attempted(topic: Topic, row: Sequence[int], kind: str = "practice") -> Attempt:
    """A new learner's finished attempt; 1 is a right answer, 0 a wrong one, -1 none."""
    attempt = services.start(quiz(topic, kind), make_learner())
    responses = {
        answer.position: keyed(answer) if mark else mistaken(answer)
        for answer, mark in zip(answers(attempt), row, strict=True)
        if mark >= 0
    }
    services.finish(attempt, responses)
    return Attempt.objects.get(pk=attempt.pk)
