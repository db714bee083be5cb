"""How many guests one address may make: the first of the limits that a flood meets."""

from django.conf import settings

from throttling.limits import Limit, look, take
from throttling.refusals import TurnedAway, spell

HOUR = 60 * 60


class TooManyGuests(TurnedAway):
    """This address has made as many guests as it may."""


def _limit() -> Limit:
    return Limit("guests", settings.ADDRESS_GUESTS_AN_HOUR, HOUR)


def check_guests(address: str) -> None:
    """Raises TooManyGuests when no guest can be made from there now."""
    _refuse(look(_limit(), address))


def count_guest(address: str) -> None:
    """Counts one that is about to be made. Raises TooManyGuests."""
    _refuse(take(_limit(), address))


def _refuse(refused: object) -> None:
    seconds = getattr(refused, "seconds", None)
    if seconds is not None:
        raise TooManyGuests(
            "Too many people have begun here as guests from your network address within an hour."
            f" Sign in or sign up to go on now, or come back in {spell(seconds)}.",
            seconds,
        )
