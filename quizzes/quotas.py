"""How much may be begun within an hour: by one learner, and by the guests of one address."""

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
    if not learner.is_guest:
        most = settings.MEMBER_ATTEMPTS_AN_HOUR * counted.times
        if refused := take(Limit(f"members' {counted.name}", most, HOUR), str(learner.pk)):
            raise _too_many("You have", counted, most, refused)
        return
    most = settings.GUEST_ATTEMPTS_AN_HOUR * counted.times
    if refused := take(Limit(f"guests' {counted.name}", most, HOUR), str(learner.pk)):
        raise _too_many("You have", counted, most, refused, "With an account you may begin more.")
    if not learner.address:
        return  # known for some days only
    most = settings.ADDRESS_ATTEMPTS_AN_HOUR * counted.times
    if refused := take(Limit(f"an address's {counted.name}", most, HOUR), learner.address):
        who = "Guests at your network address have"
        raise _too_many(who, counted, most, refused, "Or sign in, to go on now.")


def _too_many(
    who: str, counted: _Counted, most: int, refused: Refused, further: str = ""
) -> TooManyAttempts:
    said = (
        f"{who} {counted.said.format(most)} within an hour, which is the limit."
        f" Come back in {spell(refused.seconds)}. {further}"
    )
    return TooManyAttempts(said.strip(), refused.seconds)
