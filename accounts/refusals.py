"""Too many tries: what is counted together, and how a refusal is worded.

Wrong passwords count for a name *and* an address: five from elsewhere do not lock the owner out,
and one pupil's do not lock out the class that shares a school's address. An address as a whole has
more tries.
"""

from collections.abc import Callable
from http.client import OK
from typing import NoReturn

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import punycode

from accounts.hashing import NoTurn
from accounts.models import User
from throttling.addresses import counted_address
from throttling.limits import Limit, Refused, forget, give_back, take
from throttling.refusals import TurnedAway, spell

WRONG_FOR_NAME = Limit("wrong passwords for a name from an address", most=5, seconds=300)
WRONG_FROM_ADDRESS = Limit("wrong passwords from an address", most=100, seconds=300)
WRONG_CODES = Limit("wrong second steps of an account", most=5, seconds=300)
LINKS_FROM_ADDRESS = Limit("forgotten passwords at an address", most=20, seconds=60)
LINKS_TO_EMAIL = Limit("forgotten passwords of an email address", most=3, seconds=3600)
CLAIMS = Limit("a guest's work taken over", most=20, seconds=60)
A_MINUTE = 60


def before_password(request: HttpRequest, name: str) -> tuple[Refused, str] | None:
    """Counts a try before the password is checked, so that simultaneous tries count as well.

    Where it is refused, says for how long and why.
    """
    address = counted_address(request)
    if refused := take(WRONG_FROM_ADDRESS, address):
        return refused, "Too many wrong passwords from your network address."
    if refused := take(WRONG_FOR_NAME, name.lower(), address):
        give_back(WRONG_FROM_ADDRESS, address)  # no password is checked
        return refused, "Too many wrong passwords for this name from your network address."
    return None


def right_password(request: HttpRequest, name: str) -> None:
    """It does not count; others' wrong ones from the address still do."""
    address = counted_address(request)
    give_back(WRONG_FROM_ADDRESS, address)
    forget(WRONG_FOR_NAME, name.lower(), address)


def before_second_step(user: User) -> Refused | None:
    """Counts a try for the account, from any address: codes are short, the password is known."""
    return take(WRONG_CODES, str(user.pk))


def right_second_step(user: User) -> None:
    forget(WRONG_CODES, str(user.pk))


def before_link(request: HttpRequest, email: str) -> tuple[Refused, str] | None:
    """Counts a mail about a new password; where it is refused, says for how long and why.

    Counted whether or not an account has the address, so that the answer tells nobody which.
    """
    address = counted_address(request)
    if refused := take(LINKS_FROM_ADDRESS, address):
        return refused, (
            "Too many links to choose a new password have been requested from your network address."
        )
    if refused := take(LINKS_TO_EMAIL, _mailbox(email)):
        give_back(LINKS_FROM_ADDRESS, address)  # nothing is mailed
        return refused, (
            f"{LINKS_TO_EMAIL.most} mails about a new password have gone to this address within an"
            " hour. Look for them, also among the spam."
        )
    return None


def _mailbox(email: str) -> str:
    """The same for all spellings of an address that are delivered alike."""
    local, _, host = email.rpartition("@")
    return f"{local}@{punycode(host)}".lower()


def check_claim(user: User) -> None:
    """Counts a claim of a guest's work. Raises TurnedAway."""
    refused = take(CLAIMS, str(user.pk))
    if refused is not None:
        raise TurnedAway(
            f"You have asked to take over a guest's work {CLAIMS.most} times within a minute, which"
            f" is the limit. Wait {spell(refused.seconds)}, then try again.",
            refused.seconds,
        )


def refuse_form(request: HttpRequest, refused: Refused, why: str) -> NoReturn:
    """Makes the form say why and for how long, and `TellRefusals` answer with 429."""
    request.refused_try = refused  # type: ignore[attr-defined]
    raise ValidationError(f"{why} Wait {spell(refused.seconds)}, then try again.")


def too_many(request: HttpRequest, seconds: int = A_MINUTE) -> HttpResponse:
    """The page for too many tries; allauth's limits are by the minute."""
    page = render(request, "429.html", {"wait": spell(seconds)}, status=429)
    page["Retry-After"] = str(seconds)
    return page


def _on_a_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The same refusal without the form."""
    if refused.status == NoTurn.status:
        page = render(request, "turned_away.html", {"why": NoTurn()}, status=refused.status)
        page["Retry-After"] = str(refused.seconds)
        return page
    return too_many(request, refused.seconds)


class TellRefusals:
    """Answers 429 where a form was refused for too many tries, or 503 where passwords had to wait
    too long; the form keeps what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refused: Refused | None = getattr(request, "refused_try", None)
        if refused is None:
            return response
        if response.status_code != OK:  # a redirect would lose the message
            return _on_a_page(request, refused)
        response.status_code = refused.status
        response["Retry-After"] = str(refused.seconds)
        return response
