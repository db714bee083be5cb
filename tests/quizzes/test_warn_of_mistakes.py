"""An author is warned of what is probably a mistake, and may let it stand for a reason."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from quizzes.facts import ChoiceFacts, NearFacts, QuestionFacts
from quizzes.lint_warnings import sums_up, warnings
from quizzes.sequences import in_order
from quizzes.waivers import as_lines, validate_waivers, waivers


def option(text: str, correct: bool, mistake: str, feedback: str = "") -> ChoiceFacts:
    return ChoiceFacts("ident", text, correct, mistake, feedback)


RIGHT = option("the weights", correct=True, mistake="")
WRONG = option("the data", correct=False, mistake="Data stays as it is.")


def draft_with(values: dict[str, Any], choices: list[ChoiceFacts]) -> QuestionFacts:
    named = tuple(replace(choice, id=str(number)) for number, choice in enumerate(choices))
    draft = QuestionFacts(stem="What moves?", difficulty="easy", choices=named)
    return replace(draft, **values)


def warned(values: dict[str, Any], choices: list[ChoiceFacts]) -> list[str]:
    return [warning.words for warning in warnings(draft_with(values, choices))]


def one(values: dict[str, Any], *choices: ChoiceFacts) -> str:
    found = warned(values, list(choices))
    assert len(found) == 1, found
    return found[0]


def options(*texts: str) -> list[ChoiceFacts]:
    return [
        option(text, correct=not at, mistake="m" if at else "") for at, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Option B forgets the bias.",
        "That is why answer C is right.",
        "See choice (d).",
        "Options A and C are both slow.",
        "It is option b.",
        "**Option B** forgets it.",
        "option\nB",
        "Is it option c?",
        "The answer is A.",
        "The correct answer is D, of course.",
        "Answer: C",
        "Choice a is slow.",
        "Option **B** forgets it.",
        "Both A and C",
        "Both (a) and (c)",
        "A, B and D are correct.",
        "Neither A nor B holds.",
        "B is wrong because it forgets the bias.",
        "(b) is correct: it moves.",
        "Only C is right.",
        "Those who picked B forgot it.",
        "This rules out D.",
        "All but C",
        "None but D",
        "Not A but C",
    ],
)
def test_a_letter_is_warned_of_wherever_it_stands(text: str) -> None:
    assert "not its letter" in one({"steps": text}, RIGHT, WRONG)
    lettered = option("the code", correct=False, mistake=text)
    assert "mistake of “the code”" in one({}, RIGHT, WRONG, lettered)


@pytest.mark.parametrize(
    "text",
    [
        "The option adam is a string.",
        "The answer depends on `a`.",
        "No answer a network gives is certain.",
        "A good choice: Adam.",
        "Which option a learner takes is up to them.",
        "Dense layers, option by option.",
        "Plan B of the team.",
        "The answer is a network.",
        "Answer: A network learns.",
        "Which options A’s optimizer has.",
        "The answer is B × T × C.",
        "The answer is B = 32.",
        "The answer is C(n, k).",
        "The answer is E[x].",
        "The answer is A + B.",
        "The answer is D-dimensional.",
        "The answer is `B`.",
        "A and B are matrices.",
        "Only A100 cards can.",
        "A false positive is wrong.",
        "Answer: C++ code.",
        "The answer is A/B testing.",
    ],
)
def test_words_are_not_taken_for_letters(text: str) -> None:
    assert warned({"hint": text}, [RIGHT, WRONG]) == []


def test_a_letter_that_the_question_gives_a_meaning_is_no_option() -> None:
    said = "Both A and B have full rank."
    assert warned({"stem": "Let A and B be matrices.", "steps": said}, [RIGHT, WRONG]) == []
    assert "“Both A and B”" in one({"stem": "A unit learns?", "steps": said}, RIGHT, WRONG)


def test_a_letter_is_found_in_every_text() -> None:
    lettered = [option("Option B and 2", correct=True, mistake=""), option("x", False, "m")]
    assert "name what the option says" in one({}, *lettered)
    praised = option("the weights", correct=True, mistake="", feedback="Unlike option B.")
    assert "feedback of “the weights” says “option B”" in one({}, praised, WRONG)
    near = (NearFacts(2.0, 0.0, "That is answer C."),)
    assert "mistake of the near miss 2 says" in one({"kind": "numeric", "value": 1.0, "near": near})


def test_letters_hold_where_the_options_keep_their_order() -> None:
    said = {"steps": "Both A and B."}
    assert warned(said, [RIGHT, WRONG])
    assert not warned(said | {"keep_order": True}, [RIGHT, WRONG])
    assert warned(said | {"keep_order": True, "kind": "numeric", "value": 1.0}, [])


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "none of the above.",
        "Both of these",
        "Both of them",
        "Both",
        "Neither",
        "All the above are right",
        "Neither of the options above",
        "<em>None</em> of these",
        "*None* of these",
        "Any of the other answers",
        "None of the others",
        "All three of these",
        "Two of the above",
        "A mixture of these",
        "All of these are possible",
        "Both answers",
        "None of the options is right",
        "The first two",
    ],
)
def test_an_option_that_speaks_of_the_others_is_to_be_pinned(text: str) -> None:
    choices = options("kernels", "biases", text.replace("<em>", "*").replace("</em>", "*"))
    assert "pin it last" in one({}, *choices)
    pinned = [*choices[:-1], replace(choices[-1], pin_last=True)]
    assert not warned({}, pinned)
    assert not warned({"keep_order": True}, choices)


@pytest.mark.parametrize(
    "text",
    [
        "all of the weights",
        "none",
        "both layers",
        "these",
        "the layer above",
        "All of the data",
        "each of these rows is scaled by its own norm",
        "Neither rises",
        "some of the gradients above",
    ],
)
def test_other_options_may_be_mixed(text: str) -> None:
    assert not sums_up(text)


@pytest.mark.parametrize(
    "texts",
    [
        ["0.1", "0.01", "0.001"],
        ["10", "100", "1,000"],
        ["-1", "0", "1"],
        ["−5", "−1", "3"],
        ["1e-3", "1e-2", "1e-1"],
        ["10⁻³", "10⁻²", "10⁻¹"],
        ["1/4", "1/2", "3/4"],
        ["1 epoch", "2 epochs", "5 epochs"],
        ["5 %", "10 %", "20 %"],
        ["one", "two", "three"],
        ["٠٫٢٥", "٠٫٥", "٠٫٧٥"],
        ["less than 10", "10–20", "more than 20"],
        ["Below 50%", "50% to 75%", "Above 75%"],
        ["0–9", "10–19", "20 or more"],
        ["< 1", "1-2", "> 2"],
        ["under 1 s", "from 1 s to 5 s", "over 5 s"],
    ],
)
def test_numbers_in_order_keep_it(texts: list[str]) -> None:
    assert "keep the options in order" in one({}, *options(*texts))
    assert not warned({"keep_order": True}, options(*texts))
    summing_up = replace(options("None of these")[0], pin_last=True, correct=False)
    assert "to “" + texts[-1] in one({}, *options(*texts), summing_up)


@pytest.mark.parametrize(
    "texts",
    [
        ["3", "1", "2"],
        ["1", "2"],
        ["1 s", "2 epochs", "3 rows"],
        ["1", "2", "many"],
        ["0.5", "0.5 of the rows that are left after the split", "1"],
        ["layer 1", "the bias", "layer 3"],
        ["1", "2", "1/0"],
    ],
)
def test_other_numbers_may_be_mixed(texts: list[str]) -> None:
    assert not in_order(texts)


def test_what_stands_keeps_its_reason() -> None:
    draft = draft_with({"hint": "Both A and B."}, options("1", "2", "3"))
    found = warnings(draft, "letters: A and B are rooms\n")
    assert [(it.code, it.reason, it.is_open) for it in found] == [
        ("letters", "A and B are rooms", False),
        ("order", "", True),
    ]


@pytest.mark.parametrize("line", ["letters", "letters:", "letters:  ", "letter: B", "It is fine."])
def test_a_line_that_lets_nothing_stand_is_refused(line: str) -> None:
    with pytest.raises(
        ValidationError, match="does not name a warning and a reason: write a line such as"
    ):
        validate_waivers(f"order: meant so\n\n{line}")


def test_reasons_are_kept_as_lines() -> None:
    reasons = {"letters": "B is\na matrix: yes", "order": "meant so"}
    assert as_lines(reasons) == "letters: B is a matrix: yes\norder: meant so"
    assert waivers(as_lines(reasons))["letters"] == "B is a matrix: yes"
    validate_waivers(as_lines(reasons))
