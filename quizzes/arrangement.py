"""The order of options: which are shuffled, and which are not. Pure."""

from collections.abc import Callable, Sequence

from quizzes.facts import QuestionFacts
from quizzes.kinds import KINDS

Mixing = Callable[[Sequence[str]], list[str]]


def is_mixed(facts: QuestionFacts) -> bool:
    """Whether the options of this question are shown in another order than the author's."""
    return KINDS[facts.kind].mixed and not facts.keep_order


def arranged(facts: QuestionFacts, mixing: Mixing) -> list[str]:
    """The options' ids in the order shown; `mixing` shuffles those without a fixed place.

    Pinned options come after all others, in the author's order.
    """
    if not KINDS[facts.kind].mixed:
        return [choice.id for choice in facts.choices]
    others = [choice.id for choice in facts.choices if not choice.pin_last]
    pinned = [choice.id for choice in facts.choices if choice.pin_last]
    return [*(mixing(others) if is_mixed(facts) else others), *pinned]
