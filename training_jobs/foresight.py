"""How a learner's prediction compares with what came out, by what the test rows can tell. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from training_jobs.figures import points_between

# A network that is right as often as was predicted lies so far above by chance in fewer than one of
# forty cases, and below in as many: one in twenty in all.
RARE = 1 / 40
# A prediction is shown with one decimal of a percent, and means anything that is shown so.
ROUNDED_BY = 0.0005
# A probability that changes no verdict.
NEGLIGIBLE = 1e-12


class Finding(StrEnum):
    """Where the outcome lies, seen from the prediction."""

    ABOVE = "above"
    BELOW = "below"
    WITHIN = "within"


@dataclass(frozen=True)
class Foresight:
    """A predicted and a measured test accuracy, as fractions; `rows` is the number of test rows."""

    predicted: float
    measured: float
    rows: int

    @property
    def points_above(self) -> float:
        """Taken between the figures as they are shown, so that they agree."""
        return points_between(self.predicted, self.measured)

    @property
    def finding(self) -> Finding:
        if not self.points_above or self._by_chance >= RARE:
            return Finding.WITHIN
        return Finding.ABOVE if self.points_above > 0 else Finding.BELOW

    @property
    def _by_chance(self) -> float:
        """How often test rows are off by so much, of a network as good as was predicted.

        Reckoned exactly: near 0 % and 100 % the usual standard error is far too small.
        """
        right = round(self.measured * self.rows)
        least, most = self.predicted - ROUNDED_BY, self.predicted + ROUNDED_BY
        share = min(max(self.measured, least), most)
        if self.points_above > 0:
            return _at_least(right, self.rows, share)
        return _at_least(self.rows - right, self.rows, 1 - share)


def _at_least(hits: int, rows: int, share: float) -> float:
    """How probable it is that `hits` or more of `rows` are right, each with probability `share`.

    For no fewer than are expected: far below, the first of the probabilities are too small to add
    up from.
    """
    if hits <= 0 or share >= 1:
        return 1.0
    if share <= 0:
        return 0.0
    return min(math.fsum(_each(hits, rows, share)), 1.0)


def _each(hits: int, rows: int, share: float) -> Iterator[float]:
    """The probability of each number of hits from this one on, by the binomial distribution."""
    ways = math.lgamma(rows + 1) - math.lgamma(hits + 1) - math.lgamma(rows - hits + 1)
    chance = math.exp(ways + hits * math.log(share) + (rows - hits) * math.log1p(-share))
    for number in range(hits, rows + 1):
        yield chance
        if chance < NEGLIGIBLE:  # from here on each is smaller than the one before
            return
        chance *= (rows - number) / (number + 1) * share / (1 - share)
