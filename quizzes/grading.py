"""Grades a response. Pure: (question facts, response) -> Grade."""

from collections.abc import Sequence
from dataclasses import dataclass

from quizzes.facts import QuestionFacts


@dataclass(frozen=True)
class Grade:
    """Whether a response is right, and the credit for it, from 0 to 1."""

    correct: bool
    credit: float


def grade(facts: QuestionFacts, response: Sequence[str]) -> Grade:
    """Right when exactly the keyed options are chosen; no answer is a wrong answer."""
    keyed = {choice.id for choice in facts.choices if choice.correct}
    correct = set(response) == keyed
    return Grade(correct, 1.0 if correct else 0.0)
