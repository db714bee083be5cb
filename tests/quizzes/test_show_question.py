"""What a template is given: nothing of the key before the answer is locked."""

from dataclasses import asdict, replace

import pytest

from quizzes.facts import QuestionFacts
from quizzes.models import Answer, QuestionVersion
from quizzes.reviewing import Review
from quizzes.showing import settled_order, show, shown
from tests.quizzes.facts import FACTS, KEY, MULTIPLE, NUMERIC, ORDER, SECRETS, TRUE_FALSE, WRONG


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


def test_its_subjects_are_read_as_words() -> None:
    facts = replace(FACTS, tags=("loss-and-accuracy", "gradients"))
    assert show(facts, 1, ORDER, [], None).tags == ("loss and accuracy", "gradients")


def test_a_wrong_answer_is_explained_by_its_own_mistake() -> None:
    question = show(FACTS, 1, ORDER, WRONG, False)
    assert question.status == "wrong"
    assert question.explanation is not None
    assert [choice.remark for choice in question.choices] == ["", "", "<p>Data stays as it is.</p>"]
    assert question.explanation.steps == FACTS.steps
    assert [choice.correct for choice in question.choices] == [False, True, False]
    assert [choice.chosen for choice in question.choices] == [False, False, True]


def test_a_right_answer_is_explained_without_a_mistake() -> None:
    question = show(FACTS, 1, ORDER, KEY, True)
    assert question.status == "right"
    assert question.explanation is not None
    assert question.explanation.answer == FACTS.answer
    assert [choice.remark for choice in question.choices] == ["", "", ""]


def test_an_unanswered_question_is_wrong_without_a_mistake() -> None:
    question = show(FACTS, 1, ORDER, [], False)
    assert (question.status, question.is_answered) == ("wrong", False)
    assert [choice.remark for choice in question.choices] == ["", "", ""]


def test_an_option_that_is_gone_takes_no_letter() -> None:
    question = show(FACTS, 1, ["gone00", *ORDER], [], None)
    assert [choice.letter for choice in question.choices] == ["A", "B", "C"]


# Four options, of which "aaaaaa" and "bbbbbb" are right.
ALL = ["dddddd", "aaaaaa", "bbbbbb", "cccccc"]


@pytest.mark.parametrize(
    ("facts", "order", "response", "secrets"),
    [
        (
            MULTIPLE,
            ALL,
            ["aaaaaa", "cccccc"],
            ("are trained", "So are", "Rows stay", "Labels stay"),
        ),
        (NUMERIC, [], ["1700.75"], ("1688", "0.5", "1701", "rounded up")),
        (TRUE_FALSE, ["aaaaaa", "bbbbbb"], ["aaaaaa"], ("It is not so", "Well judged")),
    ],
)
def test_no_kind_tells_before_the_lock(
    facts: QuestionFacts, order: list[str], response: list[str], secrets: tuple[str, ...]
) -> None:
    open_one = repr(asdict(show(facts, 1, order, response, None, 0.25)))
    assert not [secret for secret in (*secrets, *SECRETS) if secret in open_one]
    assert show(facts, 1, order, response, None, 0.25).credit is None
    locked = repr(asdict(show(facts, 1, order, response, False)))
    assert facts.steps in locked


def test_a_partly_right_answer_tells_its_credit() -> None:
    question = show(MULTIPLE, 1, ALL, ["aaaaaa", "cccccc"], False, 0.5)
    assert (question.status, question.is_partly_right, question.credit_text) == (
        "wrong",
        True,
        "0.5",
    )
    assert [(choice.id, choice.remark, choice.mark) for choice in question.choices] == [
        ("dddddd", "", "left"),
        ("aaaaaa", "<p>Kernels are trained.</p>", "right"),
        ("bbbbbb", "<p>So are biases.</p>", "missed"),
        ("cccccc", "<p>Rows stay.</p>", "wrong"),
    ]


@pytest.mark.parametrize(("credit", "text"), [(2 / 3, "0.67"), (0.75, "0.75"), (0.6, "0.6")])
def test_credit_has_two_decimals_at_most(credit: float, text: str) -> None:
    assert show(MULTIPLE, 1, ALL, [], False, credit).credit_text == text


def test_an_answer_without_a_credit_has_all_of_it_or_none() -> None:
    assert (show(FACTS, 1, ORDER, KEY, True).credit, show(FACTS, 1, ORDER, [], False).credit) == (
        1,
        0,
    )


def test_a_number_is_shown_with_what_was_typed() -> None:
    question = show(NUMERIC, 1, [], ["1700.75"], False)
    assert (question.typed, question.unit, question.is_answered) == ("1700.75", "updates", True)
    assert question.right_number is not None
    assert (question.right_number.text, question.right_number.tolerance_text) == ("1688.25", "0.5")
    assert question.explanation is not None
    assert question.explanation.mistake == "<p>The last batch was rounded up.</p>"
    assert show(NUMERIC, 1, [], [], None).status == "open"
    right = show(NUMERIC, 1, [], ["1688"], True)
    assert right.explanation is not None
    assert right.explanation.mistake == ""


def test_a_large_number_is_told_whole() -> None:
    question = show(replace(NUMERIC, value=1234567.0, tolerance=0.0), 1, [], [], False)
    assert question.right_number is not None
    assert (question.right_number.text, question.right_number.tolerance_text) == ("1234567", "")


def test_a_corrected_key_explains_what_the_learner_saw() -> None:
    right, wrong, gone = FACTS.choices
    swapped = (
        replace(right, html="kernels", correct=False, mistake="<p>No longer.</p>"),
        replace(wrong, html="rows", correct=True, mistake=""),
    )
    later = replace(FACTS, stem="<p>Another stem?</p>", steps="<p>Anew.</p>", choices=swapped)
    answer = Answer(
        position=1,
        version=QuestionVersion(content=FACTS.as_json()),
        graded_by=QuestionVersion(content=later.as_json()),
        order=ORDER,
        response=KEY,
        correct=False,
        credit=0.0,
    )
    question = shown(answer, Review(), 1)
    assert question.stem == FACTS.stem
    assert [(choice.html, choice.correct) for choice in question.choices] == [
        (gone.html, False),
        (right.html, False),
        (wrong.html, True),
    ]
    assert question.choices[1].remark == "<p>No longer.</p>"
    assert question.explanation is not None
    assert question.explanation.steps == "<p>Anew.</p>"


def test_the_rule_says_what_counts() -> None:
    rules = {show(facts, 1, [], [], None).rule for facts in (FACTS, MULTIPLE, NUMERIC, TRUE_FALSE)}
    partly = {
        show(replace(MULTIPLE, credit=credit), 1, [], [], None).rule
        for credit in ("proportional", "correct_minus_wrong")
    }
    assert len(rules | partly) == 6


def test_only_statements_and_numbers_keep_their_order() -> None:
    def settled(facts: QuestionFacts, pk: int = 1) -> list[str]:
        return settled_order(QuestionVersion(pk=pk, content=facts.as_json()))

    assert settled(NUMERIC) == []
    assert {tuple(settled(TRUE_FALSE, pk)) for pk in range(9)} == {("aaaaaa", "bbbbbb")}
    assert len({tuple(settled(MULTIPLE, pk)) for pk in range(9)}) > 1
