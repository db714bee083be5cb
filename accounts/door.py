"""How many guests may begin at one address: the first limit that a flood meets."""

from django.conf import settings

from throttling.limits import Limit, Refused, look, take
from throttling.refusals import TurnedAway, spell

HOUR = 60 * 60


class TooManyGuests(TurnedAway):
    """As many guests have begun at this address as may within an hour."""


def _limit() -> Limit:
    return Limit("guests", settings.ADDRESS_GUESTS_AN_HOUR, HOUR)


def check_guests(address: str) -> None:
    """Raises TooManyGuests when no guest can be made from there now."""
    _refuse(look(_limit(), address))


def count_guest(address: str) -> None:
    """Counts one that is about to be made. Raises TooManyGuests."""
    _refuse(take(_limit(), address))


def _refuse(refused: Refused | None) -> None:
    if refused is not None:
        raise TooManyGuests(
            "Too many guests have started from your network address within the last hour."
            f" Sign in or sign up to continue now, or come back in {spell(refused.seconds)}.",
            refused.seconds,
        )
