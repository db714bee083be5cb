"""What the platform does otherwise than django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import refusals
from accounts.models import User
from accounts.queries import username_of
from accounts.second_step import is_missing
from throttling.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def get_client_ip(self, request: HttpRequest) -> str:
        """Never refuses: who has no address is counted with all others that have none."""
        return client_address(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """One password is checked for every try, so that an answer's time tells nothing.

        allauth checks one for each account with an address, and by two ways.
        """
        typed = credentials.pop("email", "")
        typed = credentials.get("username") or typed
        credentials["username"] = username_of(typed) or typed
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            refusals.right_password(request, credentials["username"])
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        refused = refusals.before_password(request, credentials["username"])
        if refused is not None:
            why = "Too many wrong passwords for this name from where you are."
            refusals.refuse_form(request, refused, why)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        refusals.wrong_password(request)

    def login(self, request: HttpRequest, user: User) -> None:
        """By passkey or by signing up nobody is asked, and so nobody is kept signed in."""
        if "_session_expiry" not in request.session:
            request.session.set_expiry(0)
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Leads staff who have no second step yet to where it is set up."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return redirect("mfa_index") if is_missing(request) else response


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "This code is not right. An app’s code changes every half minute: wait for the next "
            "one, and check that your device’s clock is right. A recovery code works once."
        ),
        "used_code": "This code was used already. Wait for the app’s next one, then type that.",
        "unverified_email": (
            "First confirm your e-mail address, so that nobody else can lock you out: follow the "
            "link that was mailed to you, or have a new one sent."
        ),
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """The proposal in the form of a new passkey or security key."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"
