"""How a quiz answers back, as far as it can be said without a database. Pure.

Names and rules follow Moodle's question behaviours and review options
(https://docs.moodle.org/en/Question_behaviours) and Kolibri's "m of n" mastery.
"""

from collections.abc import Sequence
from typing import Any

# What a review may show.
REVIEWABLE = {
    "marks": "whether it was right",
    "answer": "the right answer",
    "explanation": "the explanation",
}


def defaults_of(kind: str) -> dict[str, Any]:
    """The settings that a new quiz of this kind has: a test tells nothing before its end."""
    told, test = list(REVIEWABLE), kind == "test"
    return {
        "behaviour": "deferred" if test else "immediate",
        "shuffle_questions": test,
        "shuffle_options": test,
        "review_during": [] if test else told,
        "review_after": told,
        "review_later": told,
    }


def share(tries: int, allowed: int) -> float:
    """The part of the credit that try number `tries` of `allowed` can still earn: 1, 2/3, 1/3."""
    return (allowed - tries + 1) / allowed


def mastered(results: Sequence[bool], right: int, of: int) -> bool:
    """Whether `right` of the last `of` results are right; earlier ones are forgotten."""
    return sum(results[-of:]) >= right


def counted(scores: Sequence[float], rule: str) -> float:
    """What counts of the scores of at least one attempt, given in the order they were finished."""
    if rule == "mean":
        return sum(scores) / len(scores)
    return {"best": max(scores), "last": scores[-1], "first": scores[0]}[rule]
