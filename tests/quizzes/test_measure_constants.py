"""Where nothing varies nothing is told apart; rounding is no variance."""

import pytest

from quizzes.measures import Sums, cronbach_alpha, discrimination, variance


def sums(credits_: list[float], scores: list[float]) -> Sums:
    pairs = list(zip(credits_, scores, strict=True))
    return Sums(
        n=len(pairs),
        x=sum(x for x, _ in pairs),
        xx=sum(x * x for x, _ in pairs),
        s=sum(s for _, s in pairs),
        ss=sum(s * s for _, s in pairs),
        xs=sum(x * s for x, s in pairs),
    )


@pytest.mark.parametrize(("n", "credit"), [(25, 1 / 3), (28, 2 / 3), (100, 2 / 3), (1000, 1 / 3)])
def test_a_question_that_all_answer_alike_tells_nobody_apart(n: int, credit: float) -> None:
    scores = [credit + index % 10 for index in range(n)]
    assert discrimination(sums([credit] * n, scores)) is None


@pytest.mark.parametrize("n", [10, 20])
def test_equal_scores_have_no_alpha(n: int) -> None:
    """Half have one third and two thirds, half the other way round, all one fifth besides."""
    first = [(1 / 3, 2 / 3)[index % 2] for index in range(n)]
    second = [(2 / 3, 1 / 3)[index % 2] for index in range(n)]
    scores = [sum(parts) + 0.2 for parts in zip(first, second, strict=True)]
    assert len(set(scores)) == 1
    items = [sums(first, scores), sums(second, scores), sums([0.2] * n, scores)]
    score_variance = variance(n, sum(scores), sum(score * score for score in scores))
    assert cronbach_alpha(items, score_variance) is None
