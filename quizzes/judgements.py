"""What a question's figures mean for its author, by stated rules. Pure."""

from enum import StrEnum

from quizzes.measures import Sums, wilson

# With fewer answers than this, chance alone moves a figure by more than it tells.
FEW = 30
# The facility from which a question is medium, and easy: the middle band of Moodle's report.
MEDIUM_FROM, EASY_FROM = 0.35, 0.65
# Under this a question is a poor one by the rule of R. L. Ebel, Measuring Educational Achievement
# (1965).
WEAK = 0.2
NEARLY_ALL, HARDLY_ANYONE = 0.95, 0.2


class Fit(StrEnum):
    """How the measured difficulty stands to the one that the author gave."""

    EASIER = "easier than authored"
    HARDER = "harder than authored"
    FITS = "as authored"
    UNKNOWN = "too few answers"


LEVELS = ("hard", "medium", "easy")


def measured_level(facility: float) -> str:
    """The difficulty, in the author's words, of a question with this mean credit."""
    if facility >= EASY_FROM:
        return "easy"
    return "medium" if facility >= MEDIUM_FROM else "hard"


def fit(authored: str, sums: Sums) -> Fit:
    """Easier or harder only when the whole 95 % interval of the facility says so."""
    if sums.n < FEW:
        return Fit.UNKNOWN
    low, high = wilson(sums.x, sums.n)
    at = LEVELS.index(authored)
    if LEVELS.index(measured_level(low)) > at:
        return Fit.EASIER
    return Fit.HARDER if LEVELS.index(measured_level(high)) < at else Fit.FITS


def warnings(sums: Sums, told: float | None) -> list[str]:
    """What an author should look at; `told` is the discrimination, None where it is not known."""
    if sums.n < FEW:
        return [f"Only {sums.n} answer{'s' * (sums.n != 1)}: chance still moves these figures."]
    found = []
    if told is not None and told < 0:
        found.append("Those who are right here do worse elsewhere: check the key and the wording.")
    elif told is not None and told < WEAK:
        found.append("It hardly tells who knows the rest from who does not.")
    facility = sums.facility or 0.0
    if facility >= NEARLY_ALL:
        found.append("Nearly everyone is right.")
    elif facility <= HARDLY_ANYONE:
        found.append("Hardly anyone is right: look at the key.")
    return found
