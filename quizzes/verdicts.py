"""What a finished test of ten questions says, by a stated rule, and how little it can say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quizzes.measures import wilson
from quizzes.models import Question
from quizzes.queries import QuizPage

# The rule holds for this many questions, with this many hard ones among them or more.
LENGTH, HARD = 10, 2
STRONG_RIGHT, STRONG_HARD, NEARLY_RIGHT = 8, 2, 6


class Outcome(StrEnum):
    """The three things that a verdict can say."""

    STRONG = "strong"
    NEARLY = "nearly"
    NOT_YET = "not yet"


RULE = {
    Outcome.STRONG: f"at least {STRONG_RIGHT} right, and at least {STRONG_HARD} of the hard ones",
    Outcome.NEARLY: f"at least {NEARLY_RIGHT} right",
    Outcome.NOT_YET: "fewer than that",
}


@dataclass(frozen=True)
class Verdict:
    """What the rule says of ten answers; `right` counts those with full credit."""

    right: int
    hard_right: int
    hard: int

    @property
    def outcome(self) -> Outcome:
        if self.right >= STRONG_RIGHT and self.hard_right >= STRONG_HARD:
            return Outcome.STRONG
        return Outcome.NEARLY if self.right >= NEARLY_RIGHT else Outcome.NOT_YET

    @property
    def is_strong(self) -> bool:
        return self.outcome == Outcome.STRONG

    @property
    def rule(self) -> list[tuple[Outcome, str]]:
        return list(RULE.items())

    @property
    def reason(self) -> str:
        """Which answers the rule has counted, and what was missing where it is not the score."""
        told = f"{self.right} of {LENGTH} right, {self.hard_right} of the {self.hard} hard ones"
        if self.right >= STRONG_RIGHT and not self.is_strong:
            return f"{told}: strong takes {STRONG_HARD} hard ones."
        return f"{told}."

    @property
    def uncertainty(self) -> str:
        """How far from the score the learner may stand, in plain words."""
        low, high = wilson(self.right, LENGTH)
        return (
            f"Ten questions are a small sample: {self.right} of {LENGTH} would be no surprise from "
            f"anyone who knows between {_percent(low)} and {_percent(high)} of such questions, so "
            "this test cannot tell those people apart."
        )


def verdict_on(page: QuizPage) -> Verdict | None:
    """The verdict on a test; None where the rule does not hold, or the marks are not shown."""
    if not page.is_test or page.attempt is None or page.attempt.is_void:
        return None
    if not page.marked:
        return None
    return verdict_of([(asked.difficulty, asked.correct is True) for asked in page.questions])


def verdict_of(results: Sequence[tuple[str, bool]]) -> Verdict | None:
    """The verdict on a test's answers, each given as its difficulty and whether it was right."""
    hard = [right for difficulty, right in results if difficulty == Question.Difficulty.HARD]
    if len(results) != LENGTH or len(hard) < HARD:
        return None
    return Verdict(sum(right for _, right in results), sum(hard), len(hard))


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", "\u00a0%")
