"""Figures of classical test theory, held against their definitions on raw answers."""

from collections import Counter
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.judgements import FEW, Fit, fit, measured_level, warnings
from quizzes.measures import (
    Sums,
    cronbach_alpha,
    discrimination,
    fisher,
    quantile,
    standard_error,
    variance,
)

Matrix = list[list[float]]
CREDITS = st.sampled_from([0.0, 0.25, 0.5, 1.0])
MATRICES = st.integers(2, 6).flatmap(
    lambda wide: st.lists(st.lists(CREDITS, min_size=wide, max_size=wide), min_size=4, max_size=40)
)


def sums_of(matrix: Matrix, item: int) -> Sums:
    """What a database adds up: a row for each attempt, a column for each question."""
    pairs = [(row[item], sum(row)) for row in matrix]
    return Sums(
        n=len(pairs),
        x=sum(x for x, _ in pairs),
        xx=sum(x * x for x, _ in pairs),
        s=sum(s for _, s in pairs),
        ss=sum(s * s for _, s in pairs),
        xs=sum(x * s for x, s in pairs),
    )


def simple(right: int, n: int) -> Sums:
    return Sums(n=n, x=right, xx=right)


@given(MATRICES)
def test_discrimination_is_the_correlation_with_the_rest(matrix: Matrix) -> None:
    table = np.array(matrix)
    for item in range(table.shape[1]):
        rest = table.sum(axis=1) - table[:, item]
        told = discrimination(sums_of(matrix, item))
        if table[:, item].std() < 1e-9 or rest.std() < 1e-9:
            assert told is None
        else:
            assert told == pytest.approx(np.corrcoef(table[:, item], rest)[0, 1], abs=1e-6)


@given(MATRICES)
def test_alpha_is_cronbachs(matrix: Matrix) -> None:
    table = np.array(matrix)
    count, total = table.shape[1], table.sum(axis=1)
    items = [sums_of(matrix, item) for item in range(count)]
    told = cronbach_alpha(items, float(total.var()))
    if total.var() == 0:
        assert told is None
    else:
        expected = count / (count - 1) * (1 - table.var(axis=0).sum() / total.var())
        assert told == pytest.approx(expected)


def test_alpha_of_equal_questions_is_one_and_of_unrelated_ones_zero() -> None:
    same = [[1.0] * 3] * 5 + [[0.0] * 3] * 5
    items = [sums_of(same, item) for item in range(3)]
    assert cronbach_alpha(items, variance(10, 15, 45)) == pytest.approx(1)
    unrelated = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    items = [sums_of(unrelated, item) for item in range(2)]
    assert cronbach_alpha(items, variance(4, 4, 6)) == pytest.approx(0)
    assert cronbach_alpha(items[:1], 1.0) is None


def test_the_error_of_a_score_shrinks_with_alpha() -> None:
    assert standard_error(4.0, 0.75) == 1.0
    assert standard_error(4.0, 1.0) == 0.0
    assert standard_error(4.0, -0.5) == pytest.approx(6**0.5)


def test_sums_of_two_versions_add_up() -> None:
    both = Sums(3, 2, 2, 9, 30, 7, 2, 40.0) + Sums(1, 1, 1, 4, 16, 4, 1, 20.0)
    assert both == Sums(4, 3, 3, 13, 46, 11, 3, 60.0)
    assert (both.facility, both.mean_seconds) == (0.75, 20.0)
    assert (Sums().facility, Sums().mean_seconds, Sums().variance) == (None, None, 0.0)


def test_the_interval_of_a_correlation() -> None:
    """Fisher's z: r = 0.5 over 28 pairs has a standard error of 1/5 on the z scale."""
    interval = fisher(0.5, 28)
    assert interval is not None
    assert interval == pytest.approx((0.156, 0.736), abs=0.001)
    assert fisher(0.5, 3) is None
    assert fisher(1.0, 50) is None


def test_quartiles() -> None:
    counts = [(10, 1), (20, 2), (30, 1)]
    assert [quantile(counts, share) for share in (0.25, 0.5, 0.75, 1.0)] == [15, 20, 25, 30]
    assert quantile([(0, 1), (1, 1)], 0.5) == 0.5
    assert quantile([(7, 1)], 0.5) == 7


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_the_median_is_the_one_of_the_standard_library(values: list[int]) -> None:
    assert quantile(sorted(Counter(values).items()), 0.5) == median(values)


@pytest.mark.parametrize(
    ("facility", "level"), [(0.65, "easy"), (0.649, "medium"), (0.35, "medium"), (0.349, "hard")]
)
def test_a_facility_has_a_level(facility: float, level: str) -> None:
    assert measured_level(facility) == level


@pytest.mark.parametrize(
    ("authored", "right", "n", "expected"),
    [
        ("hard", 29, 29, Fit.UNKNOWN),
        ("hard", 270, 300, Fit.EASIER),
        ("easy", 60, 300, Fit.HARDER),
        ("easy", 270, 300, Fit.FITS),
        ("medium", 20, 30, Fit.FITS),  # 67 %, but the interval reaches below 65 %
        ("medium", 200, 300, Fit.FITS),
        ("medium", 225, 300, Fit.EASIER),
    ],
)
def test_a_difficulty_is_doubted_when_the_whole_interval_says_so(
    authored: str, right: int, n: int, expected: Fit
) -> None:
    assert fit(authored, simple(right, n)) == expected


def test_few_answers_are_a_warning_and_the_only_one() -> None:
    assert warnings(simple(1, 1), -0.9) == ["Only 1 answer: chance still moves these figures."]
    assert "Only 29 answers" in warnings(simple(29, FEW - 1), None)[0]


@pytest.mark.parametrize(
    ("right", "told", "said"),
    [
        (150, -0.1, "check the key and the wording"),
        (150, 0.1, "hardly tells"),
        (297, 0.3, "Nearly everyone"),
        (30, 0.3, "Hardly anyone"),
        (297, None, "Nearly everyone"),
    ],
)
def test_odd_figures_are_pointed_out(right: int, told: float | None, said: str) -> None:
    assert said in " ".join(warnings(simple(right, 300), told))


def test_a_sound_question_has_no_warning() -> None:
    assert warnings(simple(150, 300), 0.35) == []


@pytest.mark.parametrize(("n", "credit"), [(25, 1 / 3), (28, 2 / 3), (100, 2 / 3), (1000, 1 / 3)])
def test_a_question_that_all_answer_alike_tells_nobody_apart(n: int, credit: float) -> None:
    matrix = [[credit, float(index % 10)] for index in range(n)]
    assert discrimination(sums_of(matrix, 0)) is None


def test_nobody_is_told_apart_by_a_rest_that_all_have_alike() -> None:
    assert discrimination(sums_of([[float(index % 2), 0.1] for index in range(1000)], 0)) is None


@pytest.mark.parametrize("n", [10, 20])
def test_equal_scores_have_no_alpha(n: int) -> None:
    """Half have one third and two thirds, half the other way round, all one fifth besides."""
    matrix = [[(1 + index % 2) / 3, (2 - index % 2) / 3, 0.2] for index in range(n)]
    scores = [sum(row) for row in matrix]
    assert len(set(scores)) == 1
    score_variance = variance(n, sum(scores), sum(score * score for score in scores))
    assert cronbach_alpha([sums_of(matrix, item) for item in range(3)], score_variance) is None
