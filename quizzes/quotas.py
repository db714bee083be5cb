"""How much may be begun within an hour: by one learner, and by all who began at one address."""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Learner
from throttling.limits import Limit, Refused, take
from throttling.refusals import TurnedAway, spell

HOUR = 60 * 60
# How many more questions an attempt may ask that goes on until the set is mastered.
QUESTIONS_AN_ATTEMPT = 10


class TooManyAttempts(TurnedAway):
    """The learner, or their address, has begun as much as may be begun within an hour."""


@dataclass(frozen=True)
class _Counted:
    """What is counted: under which name, what it is called, and how many an attempt stands for."""

    name: str
    said: str
    times: int = 1


_ATTEMPTS = _Counted("attempts", "begun {} tests and practice sets")
_QUESTIONS = _Counted("further questions", "been asked {} further questions", QUESTIONS_AN_ATTEMPT)


def count_attempt(learner: Learner) -> None:
    """Counts an attempt that is about to begin. Raises TooManyAttempts."""
    _count(learner, _ATTEMPTS)


def count_question(learner: Learner) -> None:
    """Counts a question that joins an attempt. Raises TooManyAttempts."""
    _count(learner, _QUESTIONS)


def _count(learner: Learner, counted: _Counted) -> None:
    _count_own(learner, counted)
    if learner.address:  # known for some days only
        _count_address(learner, counted)


def _count_own(learner: Learner, counted: _Counted) -> None:
    who, an_hour, further = (
        ("guests", settings.GUEST_ATTEMPTS_AN_HOUR, "With an account you may begin more.")
        if learner.is_guest
        else ("members", settings.MEMBER_ATTEMPTS_AN_HOUR, "")
    )
    most = an_hour * counted.times
    if refused := take(Limit(f"{who}' {counted.name}", most, HOUR), str(learner.pk)):
        raise _too_many("You have", counted, most, refused, further)


def _count_address(learner: Learner, counted: _Counted) -> None:
    who, further = (
        ("guests", "Or sign in, to continue now.") if learner.is_guest else ("new members", "")
    )
    most = settings.ADDRESS_ATTEMPTS_AN_HOUR * counted.times
    limit = Limit(f"an address's {who}' {counted.name}", most, HOUR)
    if refused := take(limit, learner.address):
        said = f"{who.capitalize()} at your network address have"
        raise _too_many(said, counted, most, refused, further)


def _too_many(
    who: str, counted: _Counted, most: int, refused: Refused, further: str = ""
) -> TooManyAttempts:
    said = (
        f"{who} {counted.said.format(most)} within an hour, which is the limit."
        f" Come back in {spell(refused.seconds)}. {further}"
    )
    return TooManyAttempts(said.strip(), refused.seconds)
