"""Grading is pure: facts and a response give a grade."""

import pytest

from quizzes.facts import QuestionFacts
from quizzes.grading import grade
from tests.quizzes.facts import FACTS, KEY, ORDER, WRONG


def test_the_key_is_right() -> None:
    grading = grade(FACTS, KEY)
    assert (grading.correct, grading.credit) == (True, 1.0)


@pytest.mark.parametrize(
    "response",
    [WRONG, [], ORDER, [*KEY, *WRONG], [*KEY, "ffffff"], ["AAAAAA"], [""]],
    ids=["wrong", "none", "all", "key and another", "key and a stranger", "upper case", "empty"],
)
def test_anything_else_is_wrong(response: list[str]) -> None:
    grading = grade(FACTS, response)
    assert (grading.correct, grading.credit) == (False, 0.0)


def test_facts_survive_their_way_through_json() -> None:
    assert QuestionFacts.from_json(FACTS.as_json()) == FACTS
