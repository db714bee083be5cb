"""How each kind of question looks, while it is open and afterwards."""

import re
from dataclasses import replace

import pytest
from django.template.loader import render_to_string

from quizzes.facts import QuestionFacts
from quizzes.showing import ShownQuestion, show
from tests.quizzes.facts import FACTS, MULTIPLE, NUMERIC, TRUE_FALSE

ALL = ["aaaaaa", "bbbbbb", "cccccc", "dddddd"]


def drawn(question: ShownQuestion) -> str:
    context = {"question": question, "place": "question", "field": "choice-1"}
    page = render_to_string("quizzes/_question.html", context)
    if question.is_locked:
        page += render_to_string("quizzes/_feedback.html", context)
    return " ".join(page.split())


def inputs(page: str) -> list[str]:
    return re.findall(r'<input type="(\w+)"', page)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (FACTS, ["radio"] * 3),
        (MULTIPLE, ["hidden"] + ["checkbox"] * 4),
        (TRUE_FALSE, ["radio"] * 2),
        (NUMERIC, ["text"]),
    ],
)
def test_an_open_question_has_its_inputs_in_a_named_group(
    facts: QuestionFacts, found: list[str]
) -> None:
    order = [choice.id for choice in facts.choices]
    page = drawn(show(facts, 1, order, [], None))
    assert inputs(page) == found
    assert "<fieldset" in page
    assert "<legend>" in page
    assert 'id="question-rule"' in page
    assert page.count('name="choice-1"') == len(found) - found.count("hidden")


def test_emptied_boxes_are_told_from_a_question_that_is_elsewhere() -> None:
    assert 'name="asked-1"' in drawn(show(MULTIPLE, 1, ALL, [], None))
    assert "asked-1" not in drawn(show(MULTIPLE, 1, ALL, [], False))


def test_what_was_ticked_stays_ticked() -> None:
    page = drawn(show(MULTIPLE, 1, ALL, ["aaaaaa", "cccccc"], None))
    ticked = re.findall(r'value="(\w{6})" checked', page)
    assert ticked == ["aaaaaa", "cccccc"]


def test_the_number_field_says_how_to_fill_it() -> None:
    page = drawn(show(NUMERIC, 1, [], ['1"><script>'], None))
    assert '<label for="question-number">' in page
    assert 'aria-describedby="question-unit question-how"' in page
    assert '<span dir="auto" id="question-unit">updates</span>' in page
    assert re.search(r'id="question-how"[^>]*>Write it with a point, such as 0.25<', page)
    for attribute in ('autocomplete="off"', 'maxlength="40"'):
        assert attribute in page
    assert "<script>" not in page
    assert "1&quot;&gt;&lt;script&gt;" in page


def test_texts_find_their_own_direction() -> None:
    """Whatever an author or a learner wrote, also where it is read from right to left."""
    for facts in (FACTS, MULTIPLE, NUMERIC):
        order = [choice.id for choice in facts.choices]
        open_page = drawn(show(facts, 1, order, [], None))
        assert open_page.count('dir="auto"') == 1 + (len(order) or len(("number", "unit")))
        assert drawn(show(facts, 1, order, ["7"], False)).count('dir="auto"') >= 1 + len(order)


def test_a_minus_can_be_typed_on_every_phone() -> None:
    """A keyboard for decimals has none on iOS; to ask for another one would tell the sign."""
    pages = {
        drawn(show(replace(NUMERIC, value=value, near=()), 1, [], [], None))
        for value in (-2.5, 0.0, 1688.25)
    }
    (page,) = pages
    assert "inputmode" not in page
    assert 'type="text"' in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1,688", "Read as 1.688 or as 1688: it is right if one of them is."),
        ("1.688", "Read as 1.688. If you mean 1688, write no point."),
        ("1.700,75 updates", "Read as 1700.75."),
        ("1688.25", None),
    ],
)
def test_a_number_that_leaves_a_doubt_is_told(typed: str, told: str | None) -> None:
    page = drawn(show(NUMERIC, 1, [], [typed], False))
    assert told in page if told else "Read as" not in page


def test_a_multiple_choice_is_marked_in_words() -> None:
    page = drawn(show(MULTIPLE, 1, ALL, ["aaaaaa", "cccccc"], False, 0.5))
    for words in (
        "You chose it, and it is right",
        "You did not choose it, but it is right",
        "You chose it, but it is wrong",
        "Rightly left out",
    ):
        assert page.count(words) == 1
    assert "Partly right: 0.5 of 1" in page
    assert 'Why your choice is right <span class="letter">A</span>' in page
    assert 'Why <span class="letter">B</span> is right </p> <p>So are biases.</p>' in page
    assert "<p>Kernels are trained.</p>" in page
    assert "<p>So are biases.</p>" in page
    assert "<p>Rows stay.</p>" in page
    assert "Labels stay" not in page


def test_a_single_choice_says_which_was_chosen_and_which_is_right() -> None:
    page = drawn(show(FACTS, 1, ["aaaaaa", "bbbbbb"], ["bbbbbb"], False))
    assert "Your choice" in page
    assert "Right answer" in page
    assert "The mistake behind your choice" in page
    assert "Partly right" not in page


def test_a_number_is_answered_with_the_right_one() -> None:
    page = drawn(show(NUMERIC, 1, [], ["1700.75"], False))
    assert 'You wrote <strong dir="auto">1700.75</strong>' in page
    assert "The right number is <strong>1688.25</strong> <bdi>updates</bdi>" in page
    assert "up to 0.5 more or less counts as right" in page
    assert "The mistake behind your number" in page
    assert "<p>The last batch was rounded up.</p>" in page
    assert "<script>" not in drawn(show(NUMERIC, 1, [], ["<script>"], False))


def test_a_number_that_was_left_open_is_told_once() -> None:
    page = drawn(show(NUMERIC, 1, [], [], False))
    assert page.count("Not answered, so it counts as wrong") == 1
    assert "The right number is <strong>1688.25</strong>" in page
    for other in ("You wrote", "Not right"):
        assert other not in page
    unmarked = replace(
        show(NUMERIC, 1, [], [], False), correct=None, credit=None, right_number=None
    )
    page = drawn(unmarked)
    assert "Not answered </div>" in page
    assert "<ul" not in page
    assert "Your answer is kept" not in page


def test_a_statement_that_was_judged_rightly_tells_why() -> None:
    page = drawn(show(TRUE_FALSE, 1, ["aaaaaa", "bbbbbb"], ["bbbbbb"], True))
    assert "Why your choice is right" in page
    assert "<p>Well judged.</p>" in page
    assert "It is not so" not in page
