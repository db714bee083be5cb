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

from accounts.models import User
from accounts.usernames import normal
from throttling.addresses import counted_address
from throttling.limits import Limit, Refused, forget, give_back, take
from throttling.refusals import TurnedAway, spell

WRONG_FOR_NAME = Limit("wrong passwords for a name from an address", most=5, seconds=300)
WRONG_FROM_ADDRESS = Limit("wrong passwords from an address", most=100, seconds=300)
WRONG_CODES = Limit("wrong second steps of an account", most=5, seconds=300)
LINKS_FROM_ADDRESS = Limit("forgotten passwords at an address", most=20, seconds=60)
LINKS_TO_EMAIL = Limit("forgotten passwords of an email address", most=3, seconds=3600)
CONFIRMATIONS = Limit("links to confirm an email address", most=3, seconds=600)
# Signing in takes two: one for what the passkey is to sign, and one with what it signed.
PASSKEYS = Limit("requests with passkeys alone at an address", most=120, seconds=60)
CLAIMS = Limit("a guest's work taken over", most=20, seconds=60)
A_MINUTE = 60


def before_password(request: HttpRequest, name: str) -> tuple[Refused, str] | None:
    """Counts a try before the password is checked, so that simultaneous tries count as well.

    Where it is refused, says for how long and why.
    """
    address = counted_address(request)
    if refused := take(WRONG_FROM_ADDRESS, address):
        return refused, "Too many wrong passwords from your network address."
    if refused := take(WRONG_FOR_NAME, _known_as(name), address):
        give_back(WRONG_FROM_ADDRESS, address)  # no password is checked
        return refused, "Too many wrong passwords for this name from your network address."
    return None


def right_password(request: HttpRequest, name: str) -> None:
    """It does not count; others' wrong ones from the address still do."""
    address = counted_address(request)
    give_back(WRONG_FROM_ADDRESS, address)
    forget(WRONG_FOR_NAME, _known_as(name), address)


def _known_as(name: str) -> str:
    """The same for all spellings that sign in to one account, also where there is none."""
    return normal(name).strip().lower()


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


def link_not_mailed(email: str) -> None:
    """It does not count for the email address. For the network address it does: while the mail
    server says nothing, each request keeps a thread waiting."""
    give_back(LINKS_TO_EMAIL, _mailbox(email))


def before_confirmation(email: str) -> Refused | None:
    """Counts a mail with a link that confirms the address.

    Each account with an address needs a link of its own.
    """
    return take(CONFIRMATIONS, _mailbox(email))


def confirmation_not_mailed(email: str) -> None:
    give_back(CONFIRMATIONS, _mailbox(email))


def _mailbox(email: str) -> str:
    """The same for all spellings of an address that are delivered alike."""
    local, _, host = email.rpartition("@")
    try:
        return f"{local}@{punycode(host)}".lower()
    except UnicodeError:  # no host has such a name
        return email.lower()


def check_passkey(request: HttpRequest) -> None:
    """Counts a request to sign in with a passkey and no password. Raises TurnedAway."""
    refused = take(PASSKEYS, counted_address(request))
    if refused is not None:
        raise TurnedAway(
            "Too many sign-ins with a passkey have been tried from your network address. Wait"
            f" {spell(refused.seconds)}, then try again, or sign in with your password.",
            refused.seconds,
        )


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
    said = f"{why} Wait {spell(refused.seconds)}, then try again."
    raise ValidationError(turn_away(request, TurnedAway(said, refused.seconds)))


def turn_away(request: HttpRequest, refused: TurnedAway) -> str:
    """Makes `TellRefusals` answer with its status; what the form has to say."""
    request.turned_away = refused  # type: ignore[attr-defined]
    return str(refused)


def too_many(request: HttpRequest) -> HttpResponse:
    """The page for too many tries where allauth counts them, all by the minute."""
    page = render(request, "429.html", {"wait": spell(A_MINUTE)}, status=429)
    page["Retry-After"] = str(A_MINUTE)
    return page


class TellRefusals:
    """Answers 429 where a form was refused for too many tries, or 503 where it could not be done
    now; the form says why, and keeps what was typed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refused: TurnedAway | None = getattr(request, "turned_away", None)
        if refused is None:
            return response
        if response.status_code != OK:  # a redirect would lose the message
            response = render(request, "turned_away.html", {"why": refused})
        response.status_code = refused.status
        response["Retry-After"] = str(refused.retry_after)
        return response
