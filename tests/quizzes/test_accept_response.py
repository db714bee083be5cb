"""What is kept of a response, and what is said of one that cannot be."""

import pytest

from quizzes.kinds import KINDS, BadResponse, UnknownChoice, accepted, checkable
from quizzes.models import Question
from tests.quizzes.facts import FACTS, KEY, MULTIPLE, NUMERIC, ORDER


def test_every_kind_of_the_form_is_known() -> None:
    assert set(KINDS) == set(Question.Kind.values)


def test_known_options_are_kept_in_one_order_however_they_were_chosen() -> None:
    assert accepted(ORDER, ["bbbbbb", "aaaaaa", "bbbbbb"]) == ["aaaaaa", "bbbbbb"]
    assert accepted(ORDER, []) == []


@pytest.mark.parametrize("response", [["ffffff"], [""], [*KEY, "ffffff"], ["AAAAAA"]])
def test_an_unknown_option_is_refused(response: list[str]) -> None:
    with pytest.raises(UnknownChoice, match="There is no option "):
        accepted(ORDER, response)


@pytest.mark.parametrize("text", ["0.25", "1e309", "about three", "<script>", "−3", "x" * 40])
def test_what_was_typed_is_kept_even_if_it_is_no_number(text: str) -> None:
    assert accepted([], [f"  {text} "]) == [text]


@pytest.mark.parametrize("response", [[], [""], ["  "], ["", ""]])
def test_nothing_typed_is_no_answer(response: list[str]) -> None:
    assert accepted([], response) == []


def test_a_text_is_no_novel() -> None:
    with pytest.raises(BadResponse, match="at most 40 characters; you sent 41"):
        accepted([], ["1" * 41])


@pytest.mark.parametrize("text", ["1\x00", "1\x07", "1\u202e2", "1\ud800"])
def test_what_a_database_would_refuse_is_refused_before(text: str) -> None:
    with pytest.raises(BadResponse, match="invisible character"):
        accepted([], [text])


def test_what_has_no_width_is_left_out_of_a_number() -> None:
    assert accepted([], ["\ufeff1\u200b60\u00ad"]) == ["160"]


def test_what_is_kept_stays_as_it_is() -> None:
    for text in ("1 688", "1\u00a0688", " 0,5 "):
        kept = accepted([], [text])
        assert accepted([], kept) == kept


def test_a_check_needs_something_to_check() -> None:
    for facts in (FACTS, MULTIPLE):
        assert checkable(facts, []) == "Choose an option first, then check it."
        assert checkable(facts, KEY) == ""
    for response in ([], ["about three"], ["1e309"]):
        assert checkable(NUMERIC, response) == "Write a number, such as 0.25, then check it."
    assert checkable(NUMERIC, ["7"]) == checkable(NUMERIC, ["7 updates"]) == ""
