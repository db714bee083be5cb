"""How a learner's prediction compares with what came out, by what the test rows can tell. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

from training_jobs.figures import points_between

# About one measurement in twenty lies further from the truth than this many standard errors.
STANDARD_ERRORS = 2


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
    def margin(self) -> float:
        """How many points a measurement on so many rows may be off by chance."""
        # With every row right the formula alone would promise certainty: leave half a row open.
        least = 0.5 / self.rows
        share = min(max(self.measured, least), 1 - least)
        return STANDARD_ERRORS * 100 * math.sqrt(share * (1 - share) / self.rows)

    @property
    def finding(self) -> Finding:
        if abs(self.points_above) <= self.margin:
            return Finding.WITHIN
        return Finding.ABOVE if self.points_above > 0 else Finding.BELOW
