"""Grades a response. Pure: (question facts, response) -> Grade."""

from collections.abc import Sequence
from dataclasses import dataclass

from quizzes.behaviours import share
from quizzes.facts import QuestionFacts
from quizzes.kinds import KINDS


@dataclass(frozen=True)
class Grade:
    """Whether a response is right, which is full credit, and the credit for it, from 0 to 1."""

    correct: bool
    credit: float


def grade(facts: QuestionFacts, response: Sequence[str]) -> Grade:
    """The credit that the question's kind and its rule give; no answer is a wrong answer."""
    credit = KINDS[facts.kind].credit(facts, response)
    return Grade(credit == 1.0, credit)


def earned(facts: QuestionFacts, response: Sequence[str], tries: int, allowed: int) -> Grade:
    """The same after several checks: each further one of those `allowed` costs a part of it.

    Where more were taken than are allowed by now, as many count as allowed.
    """
    graded, tries = grade(facts, response), max(tries, 1)
    return Grade(graded.correct, graded.credit * share(tries, max(tries, allowed)))
