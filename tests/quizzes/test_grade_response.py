"""Grading is pure: facts and a response give a grade."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.facts import ChoiceFacts, QuestionFacts
from quizzes.grading import Grade, grade
from quizzes.models import Question
from tests.quizzes.facts import FACTS, KEY, MULTIPLE, NUMERIC, ORDER, TRUE_FALSE, WRONG

RULES = ("all_or_nothing", "proportional", "correct_minus_wrong")


@pytest.mark.parametrize("facts", [FACTS, replace(FACTS, kind="true_false")])
def test_the_key_is_right(facts: QuestionFacts) -> None:
    assert grade(facts, KEY) == Grade(correct=True, credit=1.0)


@pytest.mark.parametrize(
    "response",
    [WRONG, [], ORDER, [*KEY, *WRONG], [*KEY, "ffffff"], ["AAAAAA"], [""]],
    ids=["wrong", "none", "all", "key and another", "key and a stranger", "upper case", "empty"],
)
def test_anything_else_is_wrong(response: list[str]) -> None:
    assert grade(FACTS, response) == Grade(correct=False, credit=0.0)


@pytest.mark.parametrize("facts", [FACTS, MULTIPLE, NUMERIC, TRUE_FALSE])
def test_facts_survive_their_way_through_json(facts: QuestionFacts) -> None:
    assert QuestionFacts.from_json(facts.as_json()) == facts


def test_a_version_of_old_is_a_single_choice() -> None:
    choices = [{"id": "aaaaaa", "html": "x", "correct": True, "mistake": ""}]
    facts = QuestionFacts.from_json({"stem": "?", "difficulty": "easy", "choices": choices})
    assert (facts.kind, facts.credit, facts.near, facts.tags) == (
        "single",
        "all_or_nothing",
        (),
        (),
    )
    assert grade(facts, ["aaaaaa"]).correct


@pytest.mark.parametrize(
    ("earned", "response"),
    [
        ((1.0, 1.0, 1.0), "ab"),
        ((0.0, 0.75, 0.5), "a"),
        ((0.0, 0.75, 0.5), "abc"),
        ((0.0, 0.5, 0.0), "ac"),
        ((0.0, 0.25, 0.0), "c"),
        ((0.0, 0.0, 0.0), "cd"),
        ((0.0, 0.0, 0.0), ""),
        ((0.0, 0.0, 0.0), "abcd"),
    ],
)
def test_what_each_rule_gives(earned: tuple[float, ...], response: str) -> None:
    given_ids = [letter * 6 for letter in response]
    for rule, credit in zip(RULES, earned, strict=True):
        assert grade(replace(MULTIPLE, credit=rule), given_ids).credit == credit, rule


def test_every_rule_of_the_form_is_graded() -> None:
    assert set(RULES) == set(Question.Credit.values)


@st.composite
def questions(draw: st.DrawFn) -> tuple[QuestionFacts, set[str]]:
    """A multiple choice that may be published, and some of its options."""
    flags = draw(st.lists(st.booleans(), min_size=1, max_size=5))
    flags = [True, True, False, *flags]
    choices = tuple(ChoiceFacts(str(n), "", correct) for n, correct in enumerate(flags))
    credit = draw(st.sampled_from(RULES))
    chosen = draw(st.sets(st.sampled_from([choice.id for choice in choices])))
    return replace(MULTIPLE, choices=choices, credit=credit), chosen


@given(questions())
def test_credit_is_a_share_and_all_of_it_for_the_key_alone(
    asked: tuple[QuestionFacts, set[str]],
) -> None:
    facts, chosen = asked
    key = {choice.id for choice in facts.choices if choice.correct}
    grading = grade(facts, sorted(chosen))
    assert 0.0 <= grading.credit <= 1.0
    assert grading.correct == (grading.credit == 1.0) == (chosen == key)
    assert grade(facts, sorted(key)).correct
    assert grade(facts, []) == Grade(correct=False, credit=0.0)


@given(questions())
def test_another_right_option_never_costs_credit(asked: tuple[QuestionFacts, set[str]]) -> None:
    facts, chosen = asked
    before = grade(facts, sorted(chosen)).credit
    for choice in facts.choices:
        more = chosen | {choice.id}
        everything = len(more) == len(facts.choices)  # judges no option, so it earns nothing
        if choice.correct and not everything:
            assert grade(facts, sorted(more)).credit >= before
        if not choice.correct and chosen:
            assert grade(facts, sorted(more)).credit <= before


@pytest.mark.parametrize(
    "typed", ["1688.25", "1,688.25", "1 688", "1,688", "1688.75", "1687.75 updates", "1688,25"]
)
def test_a_number_within_the_tolerance_is_right(typed: str) -> None:
    assert grade(NUMERIC, [typed]) == Grade(correct=True, credit=1.0)


@pytest.mark.parametrize("typed", ["1689", "1687.7", "-1688.25", "about 1688", "", "1e309", "nan"])
def test_any_other_text_is_wrong(typed: str) -> None:
    assert grade(NUMERIC, [typed] if typed else []) == Grade(correct=False, credit=0.0)
