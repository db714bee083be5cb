"""Which options stay at the end when the others are mixed. Pure."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from authoring.visible import plain
from quizzes.facts import ChoiceFacts, QuestionFacts

# "All of the above", "none of these", "both of the options above": they speak of the others, and
# where they stand among them is part of what they say.
OTHERS = (
    r"(?:(?:the )?(?:(?:other |foregoing |previous )?(?:options?|answers?|choices?) ?)?above"
    r"|these(?: \w+)?"
)
SUMMING_UP = re.compile(
    rf"(?:all|none|neither|both|any|some|each|two)(?: of)? {OTHERS}|those"
    r"|the (?:above|foregoing|other (?:options|answers|choices)))(?: (?:is|are) \w+)?[.!]?",
    re.IGNORECASE,
)
Mixing = Callable[[Sequence[str]], list[str]]


def mixed(facts: QuestionFacts, mixing: Mixing) -> list[str]:
    """The options' ids mixed, but for those that sum up the others: they come last."""
    last = _summing_up(facts.choices)
    others = [choice.id for choice in facts.choices if choice.id not in last]
    return [*mixing(others), *last]


@lru_cache(8000)
def _summing_up(choices: tuple[ChoiceFacts, ...]) -> tuple[str, ...]:
    return tuple(
        choice.id
        for choice in choices
        if SUMMING_UP.fullmatch(" ".join(plain(choice.html).split()))
    )
