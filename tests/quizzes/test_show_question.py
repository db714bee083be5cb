"""What a template is given: nothing of the key before the answer is locked."""

from dataclasses import asdict

import pytest

from quizzes.showing import show
from tests.quizzes.facts import FACTS, KEY, ORDER, SECRETS, WRONG


@pytest.mark.parametrize("response", [[], KEY, WRONG], ids=["open", "key chosen", "wrong chosen"])
def test_an_open_question_holds_nothing_of_its_key(response: list[str]) -> None:
    question = show(FACTS, 1, ORDER, response, None)
    assert not [secret for secret in SECRETS if secret in repr(asdict(question))]
    assert [choice.correct for choice in question.choices] == [None, None, None]
    assert question.explanation is None
    assert not question.is_locked


def test_the_open_page_says_the_same_of_right_and_wrong() -> None:
    key, wrong = (show(FACTS, 1, ORDER, chosen, None) for chosen in (KEY, WRONG))
    assert key.status == wrong.status == "answered"
    assert show(FACTS, 1, ORDER, [], None).status == "open"


def test_letters_follow_the_order_shown() -> None:
    question = show(FACTS, 1, ORDER, [], None)
    assert [(choice.letter, choice.id) for choice in question.choices] == [
        ("A", "cccccc"),
        ("B", "aaaaaa"),
        ("C", "bbbbbb"),
    ]


def test_a_wrong_answer_is_explained_by_its_own_mistake() -> None:
    question = show(FACTS, 1, ORDER, WRONG, False)
    assert question.status == "wrong"
    assert question.explanation is not None
    assert question.explanation.mistake == "<p>Data stays as it is.</p>"
    assert question.explanation.steps == FACTS.steps
    assert [choice.correct for choice in question.choices] == [False, True, False]
    assert [choice.chosen for choice in question.choices] == [False, False, True]


def test_a_right_answer_is_explained_without_a_mistake() -> None:
    question = show(FACTS, 1, ORDER, KEY, True)
    assert question.status == "right"
    assert question.explanation is not None
    assert (question.explanation.mistake, question.explanation.answer) == ("", FACTS.answer)


def test_an_unanswered_question_is_wrong_without_a_mistake() -> None:
    question = show(FACTS, 1, ORDER, [], False)
    assert (question.status, question.is_answered) == ("wrong", False)
    assert question.explanation is not None
    assert question.explanation.mistake == ""


def test_an_option_that_is_gone_takes_no_letter() -> None:
    question = show(FACTS, 1, ["gone00", *ORDER], [], None)
    assert [choice.letter for choice in question.choices] == ["A", "B", "C"]
