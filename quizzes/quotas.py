"""How much may be begun within an hour: by one learner, and by all who began at one address."""

from dataclasses import dataclass

from django.conf import settings

from accounts.models import Learner
from throttling.limits import Limit, Refused, give_back, take
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
        try:
            _count_address(learner, counted)
        except TooManyAttempts:
            give_back(_own(learner, counted), str(learner.pk))  # nothing begins
            raise


def _own(learner: Learner, counted: _Counted) -> Limit:
    who, an_hour = (
        ("guests", settings.GUEST_ATTEMPTS_AN_HOUR)
        if learner.is_guest
        else ("members", settings.MEMBER_ATTEMPTS_AN_HOUR)
    )
    return Limit(f"{who}' {counted.name}", an_hour * counted.times, HOUR)


def _count_own(learner: Learner, counted: _Counted) -> None:
    limit = _own(learner, counted)
    if refused := take(limit, str(learner.pk)):
        further = "With an account you may begin more." if learner.is_guest else ""
        raise _too_many("You have", counted, limit.most, refused, further)


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
