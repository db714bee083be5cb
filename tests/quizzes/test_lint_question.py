"""What keeps a question from being published is said in its author's words."""

from dataclasses import replace
from typing import Any

import pytest

from quizzes import linting
from quizzes.facts import ChoiceFacts, NearFacts, QuestionFacts
from quizzes.problems import Problem


def option(text: str, correct: bool, mistake: str, feedback: str = "") -> ChoiceFacts:
    return ChoiceFacts("ident", text, correct, mistake, feedback)


RIGHT = option("the weights", correct=True, mistake="")
WRONG = option("the data", correct=False, mistake="Data stays as it is.")
OTHER = option("the code", correct=False, mistake="Code is not trained.")

WHOLE = QuestionFacts(
    stem="What moves?",
    difficulty="easy",
    choices=(),
    hint="Think.",
    steps="One by one.",
    answer="The weights.",
    quick_check="And now?",
)


def problems(values: dict[str, Any], choices: list[ChoiceFacts]) -> list[Problem]:
    named = [replace(choice, id=str(number)) for number, choice in enumerate(choices)]
    draft = replace(WHOLE, choices=tuple(named))
    return linting.problems(replace(draft, **values))


def only(values: dict[str, Any], *choices: ChoiceFacts) -> str:
    found = problems(values, list(choices))
    assert len(found) == 1, found
    return found[0]


def test_a_sound_question_has_no_problem() -> None:
    assert problems({}, [RIGHT, WRONG]) == []


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("stem", "Write the stem: it is missing."),
        ("hint", "Write the hint: it is missing."),
        ("steps", "Write the worked steps: they are missing."),
        ("answer", "Write the final answer: it is missing."),
        ("quick_check", "Write the quick check: it is missing."),
    ],
)
def test_what_learners_are_promised_is_there(field: str, said: str) -> None:
    assert only({field: " \n"}, RIGHT, WRONG) == said


def test_a_key_is_needed() -> None:
    other = option("the code", correct=False, mistake="Code is not trained.")
    assert "exactly one option as right; marked now: none" in only({}, WRONG, other)


def test_one_key_is_enough() -> None:
    other = option("the kernel", correct=True, mistake="")
    assert "exactly one option as right; marked now: 2" in only({}, RIGHT, other, WRONG)


def test_one_option_is_no_choice() -> None:
    assert only({}, RIGHT) == "Give at least 2 options; there are 1."


def test_an_empty_option() -> None:
    assert "An option is empty" in only({}, RIGHT, option("  \n", correct=False, mistake="x"))


@pytest.mark.parametrize("text", ["the weights", "The  Weights", "the weights\n"])
def test_two_options_that_read_alike(text: str) -> None:
    same = option(text, correct=False, mistake="A copy.")
    assert "Two options are equal: “the weights”" in only({}, RIGHT, same)


@pytest.mark.parametrize(
    "texts", [("+", "-", "*"), ("> 0.5", "0.5"), ("1.", "2."), ("&nbsp;", "&lt;"), ("<b>", "b")]
)
def test_options_that_differ_by_signs_are_different(texts: tuple[str, ...]) -> None:
    keyed = option(texts[0], correct=True, mistake="")
    assert problems({}, [keyed, *(option(text, False, "-") for text in texts[1:])]) == []


@pytest.mark.parametrize(
    ("one", "other"), [("`0.5`", "0.5"), ("*a*", "a\u200b"), ("[a](/x)", "[a](/y)")]
)
def test_options_that_differ_in_their_source_alone_are_equal(one: str, other: str) -> None:
    found = only({}, option(one, correct=True, mistake=""), option(other, False, "m"))
    assert found == f"Two options are equal: “{one}” and “{other}”."


@pytest.mark.parametrize("text", ["[](/x)", "\u200b", "\u00a0", "\u2800"])
def test_an_option_in_which_nothing_is_seen_is_empty(text: str) -> None:
    assert "An option is empty" in only({}, RIGHT, option(text, False, "m"))
    assert "Say which mistake" in only({}, RIGHT, option("the data", False, text))


def test_a_wrong_option_needs_its_mistake() -> None:
    found = only({}, RIGHT, option("the data", correct=False, mistake=" "))
    assert found == "Say which mistake leads to the wrong option “the data” (option 2)."


def test_of_two_equal_wrong_options_each_is_named_by_its_number() -> None:
    five = option("5", correct=False, mistake="")
    said = [one for one in problems({}, [RIGHT, five, five]) if "mistake" in one]
    assert said == [
        "Say which mistake leads to the wrong option “5” (option 2).",
        "Say which mistake leads to the wrong option “5” (option 3).",
    ]


def test_every_problem_is_told_at_once() -> None:
    found = problems({"tags": ("Adam",)}, [option("x", correct=False, mistake="")])
    assert len(found) == 4


def test_several_options_of_a_multiple_choice_are_right() -> None:
    multiple = {"kind": "multiple"}
    too = option("the biases", correct=True, mistake="")
    assert problems(multiple, [RIGHT, too, WRONG]) == []
    assert only(multiple, RIGHT, WRONG) == "Mark at least 2 options as right; marked now: 1."
    assert "at least one wrong option" in only(multiple, RIGHT, too)


def test_a_statement_is_true_or_false() -> None:
    values = {"kind": "true_false"}
    yes, no = option("True", correct=True, mistake=""), option("False", False, "It is.")
    assert problems(values, [yes, no]) == []
    for options in ([no, yes], [yes, no, WRONG], [RIGHT, WRONG]):
        assert "exactly two options: “True”, and then “False”" in " ".join(
            problems(values, options)
        )
    assert "exactly one option as right; marked now: 2" in only(
        values, yes, option("False", correct=True, mistake="")
    )


def test_a_number_is_asked_for_without_options() -> None:
    numeric = {"kind": "numeric", "value": 160.0}
    assert problems(numeric, []) == []
    assert "has no options" in only(numeric, RIGHT, WRONG)


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_the_right_number_is_a_number(value: float | None) -> None:
    assert "Give the right number" in only({"kind": "numeric", "value": value})


def test_near_misses_are_wrong_and_say_why() -> None:
    def said(*near: NearFacts, tolerance: float = 0.5) -> str:
        return only({"kind": "numeric", "value": 160.0, "tolerance": tolerance, "near": near})

    assert "155 overlaps the right number" in said(NearFacts(155.0, 4.5, "Rounded down."))
    assert said(NearFacts(155.0, 1.0, " ")) == "Say which mistake leads to the near miss 155."
    assert "near miss 155 is negative" in said(NearFacts(155.0, -1.0, "Rounded down."))
    assert "The tolerance is negative" in said(tolerance=-0.5)
    assert said(NearFacts(float("nan"), 0.0, "m")) == "Give each near miss as a number."


def test_a_question_with_options_has_no_right_number() -> None:
    assert "Only a question that asks for a number" in only({"value": 3.0}, RIGHT, WRONG)


@pytest.mark.parametrize("tag", ["Learning-rate", "learning rate", "-adam", "adam-", "a--b", "ä"])
def test_tags_are_words_with_hyphens(tag: str) -> None:
    assert f"The tag “{tag}” should be" in only({"tags": ("adam", tag)}, RIGHT, WRONG)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"kind": "numeric", "value": None}, "value"),
        ({"kind": "numeric", "value": 1.0, "tolerance": -1.0}, "tolerance"),
        ({"kind": "numeric", "value": 1.0, "near": (NearFacts(1.0, 0.0, "m"),)}, "near_misses"),
        ({"kind": "single"}, "choices"),
        ({"kind": "numeric", "value": 1.0, "tags": ("Adam",)}, "tags"),
    ],
)
def test_a_problem_names_the_part_that_it_is_about(values: dict[str, Any], part: str) -> None:
    found = linting.problems(replace(WHOLE, **values))
    assert {problem.part for problem in found} == {part}
