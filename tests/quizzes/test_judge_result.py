"""The verdict on a test of ten questions: its rule, and how sure it is."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.measures import wilson
from quizzes.models import Attempt, Quiz
from quizzes.queries import QuizPage
from quizzes.showing import ShownQuestion
from quizzes.verdicts import LENGTH, Outcome, Verdict, verdict_on
from tests.quizzes.results import EASY, HARD, asked, page_of

USUAL = [EASY] * 4 + ["medium"] * 3 + [HARD] * 3


def with_credits(
    earned: Sequence[float | None], levels: Sequence[str] = USUAL
) -> list[ShownQuestion]:
    pairs = enumerate(zip(levels, earned, strict=True), start=1)
    return [asked(number, level, credit) for number, (level, credit) in pairs]


def outcome(right: int, hard_right: int) -> Outcome:
    return Verdict(right, hard_right, 3).outcome


@pytest.mark.parametrize(
    ("right", "hard_right", "said"),
    [
        (10, 3, Outcome.STRONG),
        (8, 2, Outcome.STRONG),
        (8, 1, Outcome.NEARLY),
        (7, 3, Outcome.NEARLY),
        (6, 0, Outcome.NEARLY),
        (5, 3, Outcome.NOT_YET),
        (0, 0, Outcome.NOT_YET),
    ],
)
def test_the_rule(right: int, hard_right: int, said: Outcome) -> None:
    assert outcome(right, hard_right) == said


@given(st.integers(0, 10), st.integers(0, 3), st.integers(0, 1))
def test_one_more_right_never_makes_it_worse(right: int, hard_right: int, hard: int) -> None:
    ranks = list(reversed(Outcome))
    before, after = outcome(right, hard_right), outcome(right + 1, hard_right + hard)
    assert ranks.index(after) >= ranks.index(before)


def test_only_full_credit_is_right() -> None:
    verdict = verdict_on(page_of(with_credits([1, 1, 1, 1, 1, 0.99, 0.5, 1, 0.5, 0])))
    assert verdict == Verdict(right=6, hard_right=1, hard=3)
    assert verdict.reason == "6 of 10 right, 1 of the 3 hard ones."


def test_many_right_with_few_hard_ones_says_what_was_missing() -> None:
    verdict = verdict_on(page_of(with_credits([1] * 8 + [0, 0])))
    assert verdict is not None
    assert (verdict.outcome, verdict.is_strong) == (Outcome.NEARLY, False)
    assert verdict.reason == "8 of 10 right, 1 of the 3 hard ones: strong takes 2 hard ones."


@pytest.mark.parametrize(
    "questions",
    [
        with_credits([1] * 9, USUAL[1:]),
        with_credits([1] * 11, [EASY, *USUAL]),
        with_credits([1] * 10, [EASY] * 9 + [HARD]),
        with_credits([1] * 9 + [None]),
        [],
    ],
    ids=["nine", "eleven", "one hard", "not marked", "nothing"],
)
def test_where_the_rule_does_not_hold_there_is_no_verdict(questions: list[ShownQuestion]) -> None:
    assert verdict_on(page_of(questions)) is None


def test_practice_a_void_test_and_a_preview_have_no_verdict() -> None:
    questions = with_credits([1] * 10)
    assert verdict_on(page_of(questions)) is not None
    assert verdict_on(page_of(questions, kind=Quiz.Kind.PRACTICE)) is None
    assert verdict_on(page_of(questions, state=Attempt.State.VOID)) is None
    assert verdict_on(QuizPage(page_of(questions).topic, None, questions)) is None


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (8, 10, 0.490, 0.943),
        (0, 10, 0, 0.278),
        (10, 10, 0.722, 1),
        (5, 10, 0.237, 0.763),
        (81, 263, 0.255, 0.366),  # a worked example of Newcombe (1998), Statistics in Medicine 17
    ],
)
def test_known_intervals(right: int, total: int, low: float, high: float) -> None:
    assert wilson(right, total) == pytest.approx((low, high), abs=0.0006)


COUNTS = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_the_interval_holds_the_share_and_stays_between_0_and_1(counts: tuple[int, int]) -> None:
    right, total = counts
    low, high = wilson(right, total)
    assert 0 <= low <= right / total <= high <= 1
    assert low < high


@given(COUNTS)
def test_it_is_the_same_seen_from_the_wrong_answers(counts: tuple[int, int]) -> None:
    right, total = counts
    low, high = wilson(total - right, total)
    assert wilson(right, total) == pytest.approx((1 - high, 1 - low))


@given(COUNTS)
def test_more_questions_tell_more(counts: tuple[int, int]) -> None:
    (low, high), (lower, higher) = wilson(*counts), wilson(counts[0] * 4, counts[1] * 4)
    assert higher - lower < high - low


def test_the_uncertainty_in_plain_words() -> None:
    assert Verdict(8, 2, 3).uncertainty.replace("\u00a0", " ") == (
        "Ten questions are a small sample: 8 of 10 would be no surprise from anyone who knows "
        "between 49 % and 94 % of such questions, so this test cannot tell those people apart."
    )


@pytest.mark.parametrize("right", range(LENGTH + 1))
def test_those_who_cannot_be_told_apart_are_those_of_the_interval(right: int) -> None:
    said = Verdict(right, 0, 3).uncertainty
    low, high = (int(number) for number in re.findall(r"(\d+)\s%", said))
    assert (low, high) == tuple(round(share * 100) for share in wilson(right, LENGTH))
    assert 0 <= low <= right * 100 // LENGTH <= high <= 100
