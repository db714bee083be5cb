"""What keeps a question from being published is said in its author's words."""

import pytest

from quizzes.linting import DraftChoice, problems

RIGHT = DraftChoice("the weights", correct=True, mistake="")
WRONG = DraftChoice("the data", correct=False, mistake="Data stays as it is.")


def only(texts: dict[str, str], *choices: DraftChoice) -> str:
    found = problems(texts, choices)
    assert len(found) == 1, found
    return found[0]


def test_a_sound_question_has_no_problem() -> None:
    assert problems({"hint": "Think."}, [RIGHT, WRONG]) == []


def test_a_key_is_needed() -> None:
    other = DraftChoice("the code", correct=False, mistake="Code is not trained.")
    assert "exactly one option as right; now none is" in only({}, WRONG, other)


def test_one_key_is_enough() -> None:
    other = DraftChoice("the kernel", correct=True, mistake="")
    assert "exactly one option as right; now 2" in only({}, RIGHT, other, WRONG)


def test_one_option_is_no_choice() -> None:
    assert only({}, RIGHT) == "Give at least 2 options; there are 1."


def test_an_empty_option() -> None:
    assert "An option is empty" in only({}, RIGHT, DraftChoice("  \n", correct=False, mistake="x"))


@pytest.mark.parametrize("text", ["the weights", "The  Weights", "the weights\n"])
def test_two_options_that_read_alike(text: str) -> None:
    same = DraftChoice(text, correct=False, mistake="A copy.")
    assert "Two options are equal: “the weights”" in only({}, RIGHT, same)


def test_a_wrong_option_needs_its_mistake() -> None:
    found = only({}, RIGHT, DraftChoice("the data", correct=False, mistake=" "))
    assert found == "Say which mistake leads to the wrong option “the data”."


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
    ],
)
def test_a_letter_is_refused_wherever_it_stands(text: str) -> None:
    assert "not its letter" in only({"worked steps": text}, RIGHT, WRONG)
    lettered = DraftChoice("the code", correct=False, mistake=text)
    assert "mistake of “the code”" in only({}, RIGHT, WRONG, lettered)


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
    ],
)
def test_words_are_not_taken_for_letters(text: str) -> None:
    assert problems({"hint": text}, [RIGHT, WRONG]) == []


def test_every_problem_is_told_at_once() -> None:
    found = problems({"hint": "Not option A."}, [DraftChoice("x", correct=False, mistake="")])
    assert len(found) == 4


def test_a_letter_in_an_option_is_refused() -> None:
    choices = [
        DraftChoice("Option B and 2", correct=True, mistake=""),
        DraftChoice("x", False, "m"),
    ]
    assert any("name what the option says" in problem for problem in problems({}, choices))
