"""When a missed question comes back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.spacing import LONGEST_DAYS, Given, due_after, due_by_rating, in_words

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
DAY = timedelta(days=1)
YEARS = timedelta(days=7000)
MOMENTS = st.timedeltas(-YEARS, YEARS).map(lambda passed: START + passed)


def kept(ratings: list[int]) -> list[Given]:
    """These answers, each given when the one before has made it due."""
    found: list[Given] = []
    for rating in ratings:
        found.append((due_after(found) or START, rating))
    return found


def test_what_was_never_missed_does_not_come_back() -> None:
    assert due_after([]) is None
    assert due_after([(START, GOOD), (START + DAY, EASY)]) is None


def test_what_was_missed_comes_back_after_a_day() -> None:
    assert due_after([(START, AGAIN)]) == START + DAY


def test_right_answers_before_the_first_miss_do_not_count() -> None:
    assert due_after([(START - DAY, GOOD), (START, AGAIN)]) == START + DAY


def test_who_knows_it_waits_longer_each_time() -> None:
    moments = [moment for moment, _ in kept([AGAIN] + [GOOD] * 8)]
    waits = [later - earlier for earlier, later in pairwise(moments)]
    assert waits[:3] == [DAY, 2 * DAY, 6 * DAY]
    assert waits == sorted(waits)
    assert waits[-1] <= LONGEST_DAYS * DAY


def test_who_misses_it_again_waits_shorter() -> None:
    known, missed = kept([AGAIN, GOOD, GOOD, GOOD]), kept([AGAIN, GOOD, GOOD, AGAIN])
    due_known, due_missed = due_after(known), due_after(missed)
    assert due_known is not None
    assert due_missed is not None
    assert due_missed < due_known


def test_an_easy_one_waits_longer_than_a_hard_one() -> None:
    dues = due_by_rating(kept([AGAIN, GOOD, GOOD]))
    assert list(dues) == ["hard", "good", "easy"]
    assert dues["hard"] < dues["good"] < dues["easy"]


def test_a_right_answer_at_once_after_a_miss_gains_little() -> None:
    soon = START + timedelta(minutes=2)
    assert due_after([(START, AGAIN), (soon, GOOD)]) == soon + DAY


@given(st.lists(st.tuples(MOMENTS, st.integers(1, 4)), max_size=12))
def test_it_is_due_after_its_last_answer_whatever_the_clocks_said(answers: list[Given]) -> None:
    due = due_after(answers)
    assert (due is None) == all(rating > AGAIN for _, rating in answers)
    if due is not None:
        assert due >= answers[-1][0] + DAY


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(minutes=-5), "in less than an hour"),
        (timedelta(minutes=40), "in less than an hour"),
        (timedelta(hours=5, minutes=1), "in 6 hours"),
        (timedelta(hours=23, minutes=59), "tomorrow"),
        (timedelta(hours=30), "tomorrow"),
        (timedelta(days=2, hours=23), "in 3 days"),
        (timedelta(days=60), "in 60 days"),
        (timedelta(days=100), "in 3 months"),
    ],
)
def test_the_wait_is_told_in_plain_words(wait: timedelta, words: str) -> None:
    assert in_words(wait) == words
