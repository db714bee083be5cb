"""A form that waits until its sender has proved who they are; it is acted on at once after that."""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

# Where allauth keeps the form that waits.
STATE = "account_reauthentication_state"


class Deed(NamedTuple):
    what: str
    button: str


# By the names of the addresses.
DEEDS: Mapping[str, Deed] = {
    "forget_me": Deed(
        "your account is deleted with everything of yours, for good", "Delete it all for good"
    ),
    "mfa_deactivate_totp": Deed("the authenticator app is turned off", "Turn the app off"),
    "mfa_generate_recovery_codes": Deed(
        "new recovery codes are made, and the old ones no longer work", "Make new codes"
    ),
    "mfa_remove_webauthn": Deed("the passkey or security key is removed", "Remove it"),
}
ANY = Deed("your request is carried out", "Send it")


def waiting_deed(request: HttpRequest) -> Deed | None:
    """What is done as soon as this page's form is accepted; None if only a page will open."""
    kept = (request.session.get(STATE) or {}).get("request")
    if kept is None:
        return None
    form = json.loads(kept)
    if form["path"] != (request.POST.get("next") or request.GET.get("next")):
        return None
    try:
        return DEEDS.get(resolve(form["path_info"]).url_name or "", ANY)
    except Resolver404:
        return ANY


def can_confirm(request: HttpRequest) -> bool:
    """Whether this account has a way to show who it is: a password, or a second step."""
    return bool(get_adapter().get_reauthentication_methods(request.user))


def confirm_each_time(request: HttpRequest) -> None:
    """Sends an account to show who it is, however recently it has for something else.

    A form that waited is acted on by the view that took the proof, within its own request; one that
    comes to its own address has not been confirmed. Raises ReauthenticationRequired.
    """
    found = request.resolver_match
    came_by_itself = found is None or found.route == resolve(request.path_info).route
    if came_by_itself and can_confirm(request):
        raise ReauthenticationRequired


class SignInFirst:
    """Leads visitors who are not signed in to do that, and keeps nothing of what they sent.

    allauth would keep their form in a session, which fills the table, and do nothing with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ReauthenticationRequired) and request.user.is_anonymous:
            return redirect_to_login(request.get_full_path())
        return None
