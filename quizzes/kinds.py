"""What differs between kinds of questions, each in one place. Pure."""

import math
from collections.abc import Sequence
from http import HTTPStatus

from authoring.characters import without_invisible
from quizzes.facts import NearFacts, QuestionFacts
from quizzes.numbers import is_near, read_as, readings
from quizzes.problems import Problem

LONGEST_TEXT = 40
FEWEST_CHOICES = 2


class BadResponse(ValueError):
    """The response cannot be an answer to this question; says why, in the reader's words."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class UnknownChoice(BadResponse):
    """The response names an option that the question does not have."""


def no_question(position: int) -> str:
    return f"There is no question {position} here. Reload the page, and choose again."


class Kind:
    """A question with options of which one is right: the kind that others differ from."""

    rule = "Choose one."
    open_template = "quizzes/_choices.html"
    locked_template = "quizzes/_choices_locked.html"
    # The type of the options' input elements.
    input = "radio"
    # Whether its options are shown in a mixed order.
    mixed = True

    def rule_of(self, credit: str) -> str:
        """One sentence for the learner: how to answer, and what counts."""
        return self.rule

    def credit(self, facts: QuestionFacts, response: Sequence[str]) -> float:
        """From 0 to 1; no answer is a wrong answer."""
        keyed = _keyed(facts)
        return float(bool(keyed) and set(response) == keyed)

    def refusal(self, facts: QuestionFacts, response: Sequence[str]) -> str:
        """Why the response cannot be checked yet; empty when it can."""
        return "" if response else "Choose an option first, then check it."

    def near_miss(self, facts: QuestionFacts, response: Sequence[str]) -> NearFacts | None:
        """The typical wrong number that was given."""
        return None

    def problems(self, draft: QuestionFacts) -> list[Problem]:
        """What keeps a draft of this kind from being published."""
        keys = len(_keyed(draft))
        found = []
        if keys != 1:
            said = f"Mark exactly one option as right; marked now: {keys or 'none'}."
            found.append(Problem(said))
        if len(draft.choices) < FEWEST_CHOICES:
            said = f"Give at least {FEWEST_CHOICES} options; there are {len(draft.choices)}."
            found.append(Problem(said))
        return found + _about_no_number(draft)


class Multiple(Kind):
    """Any number of options may be right, and a part of them may earn a part of the credit."""

    rule = "Choose every one that is right; "
    rules = {
        "all_or_nothing": "it counts when you have all of them and no other.",
        "proportional": "each option that you judge rightly earns its share.",
        "correct_minus_wrong": "each wrong choice cancels a right one.",
    }
    locked_template = "quizzes/_choices_judged.html"
    input = "checkbox"

    def rule_of(self, credit: str) -> str:
        return self.rule + self.rules[credit]

    def credit(self, facts: QuestionFacts, response: Sequence[str]) -> float:
        ids, keyed = {choice.id for choice in facts.choices}, _keyed(facts)
        chosen = set(response) & ids
        if facts.credit == "proportional":
            # Choosing nothing, or everything, judges no option.
            judged_rightly = len(ids) - len(chosen ^ keyed)
            return judged_rightly / len(ids) if chosen and chosen != ids else 0.0
        if facts.credit == "correct_minus_wrong" and keyed:
            return max(0.0, (len(chosen & keyed) - len(chosen - keyed)) / len(keyed))
        return super().credit(facts, response)

    def problems(self, draft: QuestionFacts) -> list[Problem]:
        right = len(_keyed(draft))
        wrong = len(draft.choices) - right
        found = []
        if right < FEWEST_CHOICES:
            said = (
                f"Mark at least {FEWEST_CHOICES} options as right; marked now: {right or 'none'}."
            )
            found.append(Problem(said))
        if wrong < 1:
            said = "Give at least one wrong option, too."
            found.append(Problem(said))
        return found + _about_no_number(draft)


class TrueFalse(Kind):
    """A statement to judge."""

    rule = "Is the statement true or false?"
    mixed = False

    def problems(self, draft: QuestionFacts) -> list[Problem]:
        found = super().problems(draft)
        texts = [choice.html.strip() for choice in draft.choices]
        if texts != ["True", "False"]:
            found.append(Problem("Give exactly two options: “True”, and then “False”."))
        return found


class Numeric(Kind):
    """A number to write. The response is what was typed; there are no options."""

    rule = "Write one number."
    open_template = "quizzes/_number.html"
    locked_template = "quizzes/_number_locked.html"
    input = "text"
    mixed = False

    def credit(self, facts: QuestionFacts, response: Sequence[str]) -> float:
        return float(facts.value is not None and _gives(facts, response, facts))

    def refusal(self, facts: QuestionFacts, response: Sequence[str]) -> str:
        known = any(readings(text, facts.unit) for text in response)
        return "" if known else "Write a number, such as 0.25, then check it."

    def near_miss(self, facts: QuestionFacts, response: Sequence[str]) -> NearFacts | None:
        if self.credit(facts, response):
            return None
        return next((miss for miss in facts.near if _gives(facts, response, miss)), None)

    def problems(self, draft: QuestionFacts) -> list[Problem]:
        found = []
        if draft.value is None or not math.isfinite(draft.value):
            found.append(Problem("Give the right number.", "value"))
        if draft.tolerance < 0:
            found.append(Problem("The tolerance is negative: give 0 or more.", "tolerance"))
        if draft.choices:
            said = "A question that asks for a number has no options: remove them."
            found.append(Problem(said))
        for miss in draft.near:
            found += [Problem(said, "near_misses") for said in _about_near(draft, miss)]
        return found


def _keyed(facts: QuestionFacts) -> set[str]:
    return {choice.id for choice in facts.choices if choice.correct}


def _gives(
    facts: QuestionFacts, response: Sequence[str], wanted: QuestionFacts | NearFacts
) -> bool:
    """Whether what was typed can be read as the wanted number."""
    numbers = {number for text in response for number in readings(text, facts.unit)}
    value = wanted.value
    return value is not None and any(is_near(n, value, wanted.tolerance) for n in numbers)


def _about_near(draft: QuestionFacts, miss: NearFacts) -> list[str]:
    if not math.isfinite(miss.value):
        return ["Give each near miss as a number."]
    found = []
    if miss.tolerance < 0:
        found.append(f"The tolerance of the near miss {miss.value:g} is negative: give 0 or more.")
    reach = draft.tolerance + miss.tolerance
    if draft.value is not None and is_near(miss.value, draft.value, reach):
        found.append(f"The near miss {miss.value:g} overlaps the right number: it would be right.")
    if not miss.mistake.strip():
        found.append(f"Say which mistake leads to the near miss {miss.value:g}.")
    return found


def _about_no_number(draft: QuestionFacts) -> list[Problem]:
    if draft.value is None and not draft.near:
        return []
    said = "Only a question that asks for a number has a right number and near misses."
    return [Problem(said, "near_misses" if draft.value is None else "value")]


KINDS: dict[str, Kind] = {
    "single": Kind(),
    "multiple": Multiple(),
    "true_false": TrueFalse(),
    "numeric": Numeric(),
}


def accepted(order: Sequence[str], response: Sequence[str]) -> list[str]:
    """The response as it is kept; `order` has the options' ids, none when a number is asked for.

    Raises BadResponse. Text that is not a number is kept: nobody loses what they typed.
    """
    return _chosen(order, response) if order else _typed(response)


def _chosen(order: Sequence[str], response: Sequence[str]) -> list[str]:
    unknown = sorted(set(response) - set(order))
    if unknown:
        raise UnknownChoice(
            f"There is no option {unknown[0]!r} in this question: reload the page, choose again."
        )
    # Sorted: which boxes are ticked counts, and not the order in which they were posted.
    return sorted(set(response))


def _typed(response: Sequence[str]) -> list[str]:
    # A number copied from a page may bring invisible characters along.
    texts = [" ".join(without_invisible(text).split()) for text in response]
    text = " ".join(text for text in texts if text)
    if len(text) > LONGEST_TEXT:
        raise BadResponse(f"A number has at most {LONGEST_TEXT} characters; you sent {len(text)}.")
    if not text.isprintable():  # a database may refuse such characters
        raise BadResponse("There is an invisible character in your number: type it again.")
    return [text] if text else []


def is_number(response: Sequence[str]) -> bool:
    """Whether what was typed is empty or a number without a unit."""
    return all(readings(text) for text in response)


def told_reading(response: Sequence[str], unit: str = "") -> str:
    """How a typed number is read, where that needs to be said; empty for options."""
    return " ".join(said for text in response if (said := read_as(text, unit)))


def is_unreadable(facts: QuestionFacts, response: Sequence[str]) -> bool:
    """Whether something was answered that can never be checked, as a word in place of a number."""
    return bool(response) and bool(checkable(facts, response))


def checkable(facts: QuestionFacts, response: Sequence[str]) -> str:
    """Why this response cannot be checked yet, in the reader's words; empty when it can."""
    return KINDS[facts.kind].refusal(facts, response)
