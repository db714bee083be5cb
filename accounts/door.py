"""How many guests and accounts may begin at one address: the first limits that a flood meets.

A form to sign up that is refused makes no account, and does not count as one.
"""

from django.conf import settings

from throttling.limits import Limit, Refused, look, take
from throttling.refusals import TurnedAway, spell

HOUR = 60 * 60
MINUTE = 60
# A class signs up at once, from one address, and not everyone's form is right the first time.
ACCOUNTS = Limit("accounts", most=60, seconds=MINUTE)
FORMS = Limit("forms to sign up", most=300, seconds=MINUTE)


class TooManyGuests(TurnedAway):
    """As many guests have begun at this address as may within an hour."""


class TooManyAccounts(TurnedAway):
    """As many accounts have been made from this address as may within a minute."""


def _limit() -> Limit:
    return Limit("guests", settings.ADDRESS_GUESTS_AN_HOUR, HOUR)


def check_guests(address: str) -> None:
    """Raises TooManyGuests when no guest can be made from there now."""
    _refuse(look(_limit(), address), address)


def count_guest(address: str) -> None:
    """Counts one that is about to be made. Raises TooManyGuests."""
    _refuse(take(_limit(), address), address)


def _refuse(refused: Refused | None, address: str) -> None:
    if refused is not None:
        raise TooManyGuests(
            "Too many guests have started from your network address within the last hour."
            f" {_with_account(address)}, or come back in {spell(refused.seconds)}.",
            refused.seconds,
        )


def _with_account(address: str) -> str:
    """How an account leads on from there now."""
    shut = [refused.seconds for limit in (ACCOUNTS, FORMS) if (refused := look(limit, address))]
    if shut:
        return f"Sign in to continue now, sign up in {spell(max(shut))}"
    return "Sign in or sign up to continue now"


def check_form(address: str) -> tuple[Refused, str] | None:
    """Counts a form to sign up; where it is refused, says for how long and why.

    One that the accounts leave no room for is not counted: sending it again prolongs nothing.
    """
    if refused := look(ACCOUNTS, address):
        return refused, _made()
    if refused := take(FORMS, address):
        return refused, "Too many sign-up forms have been sent from your network address."
    return None


def count_account(address: str) -> None:
    """Counts one that is about to be made. Raises TooManyAccounts."""
    if refused := take(ACCOUNTS, address):
        raise TooManyAccounts(
            f"{_made()} Wait {spell(refused.seconds)}, then try again.", refused.seconds
        )


def _made() -> str:
    return (
        f"No more than {ACCOUNTS.most} accounts can be created from one network address within a"
        " minute."
    )
