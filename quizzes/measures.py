"""What the answers of many say about a question, and about a quiz. Pure.

Names are those of classical test theory, as Moodle's quiz report has them
(https://docs.moodle.org/en/Quiz_statistics_report): facility, discrimination, Cronbach's alpha.
Everything is computed from sums, which a database adds up in one pass over a million rows.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
# A sum of a million values is off by some 1e-11 of its size: what two sums differ by, when it is
# less than this share of them, is rounding.
ROUNDING = 1e-9

Interval = tuple[float, float]


@dataclass(frozen=True)
class Sums:
    """Sums over the answers to one question; `x` is an answer's credit, `s` its attempt's score.

    `n` answers, of which `timed` have a time, `time` seconds in all.
    """

    n: int = 0
    x: float = 0.0
    xx: float = 0.0
    s: float = 0.0
    ss: float = 0.0
    xs: float = 0.0
    timed: int = 0
    time: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        pairs = ((getattr(self, at.name), getattr(other, at.name)) for at in fields(self))
        return Sums(*(mine + its for mine, its in pairs))

    @property
    def facility(self) -> float | None:
        """The mean credit, from 0 to 1; None without answers."""
        return self.x / self.n if self.n else None

    @property
    def variance(self) -> float:
        """Of the credit, over the answers that there are; 0 without any."""
        return variance(self.n, self.x, self.xx)

    @property
    def mean_seconds(self) -> float | None:
        return self.time / self.timed if self.timed else None


def variance(n: int, total: float, squares: float) -> float:
    """The population variance of `n` values with this sum and this sum of squares; 0 of none."""
    if not n:
        return 0.0
    difference = squares / n - (total / n) ** 2
    return difference if difference > ROUNDING * squares / n else 0.0


def wilson(right: float, total: int) -> Interval:
    """The 95 % interval for the share behind `right` of `total`, by the score method.

    E. B. Wilson: Probable inference, the law of succession, and statistical inference. Journal of
    the American Statistical Association 22 (1927), doi 10.1080/01621459.1927.10502953. Unlike the
    textbook interval it stays within 0 and 1, and has a width at 0 and at `total` right. Where
    answers earn part of the credit it is wider than need be, as they vary less.
    """
    share, weight = right / total, Z**2 / total
    middle = (share + weight / 2) / (1 + weight)
    reach = Z * math.sqrt(share * (1 - share) / total + weight / total / 4) / (1 + weight)
    # With none or all right it ends at the share itself, which rounding would miss by a hair.
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))


def discrimination(sums: Sums) -> float | None:
    """The item-rest correlation: of the credit with the score on the other questions.

    From -1 to 1; None where credit or score do not vary, because then nothing can be told apart.
    The question itself is left out of the score, with which it would correlate for certain.
    """
    n = sums.n
    rest = sums.s - sums.x
    rest_variance = variance(n, rest, sums.ss - 2 * sums.xs + sums.xx)
    spread = math.sqrt(sums.variance * rest_variance)
    if not spread:
        return None
    covariance = (sums.xs - sums.xx) / n - (sums.x / n) * (rest / n)
    return max(-1.0, min(1.0, covariance / spread))


def fisher(correlation: float, n: int) -> Interval | None:
    """The 95 % interval of a correlation over `n` pairs; None for fewer than four, or at ±1.

    R. A. Fisher: On the probable error of a coefficient of correlation deduced from a small sample.
    Metron 1 (1921).
    """
    if n <= 3 or abs(correlation) >= 1:  # noqa: PLR2004  (its error is 1 / √(n - 3))
        return None
    middle, reach = math.atanh(correlation), Z / math.sqrt(n - 3)
    return math.tanh(middle - reach), math.tanh(middle + reach)


def cronbach_alpha(items: Sequence[Sums], score_variance: float) -> float | None:
    """How consistently questions that all were asked together measure one thing; at most 1.

    L. J. Cronbach: Coefficient alpha and the internal structure of tests. Psychometrika 16 (1951),
    doi 10.1007/BF02310555. None for fewer than two questions, or where all scores are equal.
    """
    count = len(items)
    if count < 2 or score_variance <= 0:  # noqa: PLR2004  (one question is consistent with itself)
        return None
    return count / (count - 1) * (1 - sum(item.variance for item in items) / score_variance)


def standard_error(score_variance: float, alpha: float) -> float:
    """How far a score lies from what its learner would reach on average, in points."""
    return math.sqrt(score_variance * max(0.0, 1 - alpha))


def quantile(counts: Sequence[tuple[float, int]], share: float) -> float:
    """The value at this share of all; `counts` has at least one value with its count, in order.

    Where the share falls between two values, their mean: the median of an even number of values.
    """
    wanted, passed = share * sum(count for _, count in counts), 0
    following = [value for value, _ in counts[1:]] + [counts[-1][0]]
    for (value, count), after in zip(counts, following, strict=True):
        passed += count
        if passed > wanted:
            return value
        if passed == wanted:
            return (value + after) / 2
    return counts[-1][0]
