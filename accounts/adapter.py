"""Where the platform differs from django-allauth."""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import punycode

from accounts import hashing, links, refusals
from accounts.models import User
from accounts.queries import username_of
from accounts.second_step import is_missing
from accounts.usernames import LONGEST_USERNAME, normal, odd_character
from throttling.addresses import client_address

# allauth's sentence that one was.
CONFIRMATION_SENT = "account/messages/email_confirmation_sent.txt"

log = structlog.get_logger("weightwise.accounts")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def get_client_ip(self, request: HttpRequest) -> str:
        """Never refuses: visitors without an address are counted together."""
        return client_address(request)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """One code for each character; what the account's other data decide, its model checks."""
        name = normal(username)
        if len(name) > LONGEST_USERNAME:
            raise ValidationError(
                f"A username has at most {LONGEST_USERNAME} characters, and this one has"
                f" {len(name)}: shorten it."
            )
        if odd := odd_character(name):
            raise ValidationError(odd)
        found: str = super().clean_username(name, shallow)
        return found

    def clean_email(self, email: str) -> str:
        try:
            punycode(email.rpartition("@")[2])  # as sending a mail does
        except UnicodeError:
            raise ValidationError(
                "No mail can be sent to this address: the part after the @ is too long. Check it."
            ) from None
        cleaned: str = super().clean_email(email)
        return cleaned

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Checks exactly one password for every try, so that the response time reveals nothing.

        It is that of one account, also where several have the address that was typed.
        """
        typed = credentials.pop("email", "")
        typed = credentials.get("username") or typed
        credentials["username"] = username_of(typed) or username_of(normal(typed)) or typed
        # First the turn: a try counts only if the password is looked at.
        with hashing.turn():
            user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            refusals.right_password(request, credentials["username"])
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if shut := refusals.before_password(request, credentials["username"]):
            refusals.refuse_form(request, *shut)

    def login(self, request: HttpRequest, user: User) -> None:
        """Passkeys and signing up do not ask whether to stay signed in, so they do not keep it."""
        if "_session_expiry" not in request.session:
            request.session.set_expiry(0)
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Leads staff without a second step to the page where they set it up."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return redirect("mfa_index") if is_missing(request) else response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Raises NotMailed where the mail server does not accept the mail."""
        try:
            super().send_mail(template_prefix, email, context)
        except (
            OSError,
            UnicodeError,
        ) as error:  # smtplib's are the former; or no host has the name
            said = str(error).replace(email, "its address")
            log.warning("mail_not_sent", mail=template_prefix, error=said)
            raise links.NotMailed from error

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: Any, signup: bool
    ) -> None:
        """Where none is sent it says so, and goes on: what is to be confirmed is there already."""
        email = emailconfirmation.email_address.email
        if refused := refusals.before_confirmation(email):
            why = f"{refusals.CONFIRMATIONS.most} have gone to this address within ten minutes."
            links.tell_unsent(request, email, why, refused.seconds)
            return
        try:
            super().send_confirmation_mail(request, emailconfirmation, signup)
        except links.NotMailed:
            refusals.confirmation_not_mailed(email)
            why = "our mail server did not accept the mail."
            links.tell_unsent(request, email, why, links.RETRY_SECONDS)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Without the claim that a link was mailed where none was."""
        if message_template == CONFIRMATION_SENT and links.is_unsent(request):
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "This code is not right. An app’s code changes every half minute: wait for the next "
            "one, and check that your device’s clock is right. A recovery code works once."
        ),
        "used_code": "This code has been used already. Wait for the app’s next one.",
        "unverified_email": (
            "First confirm your email address, so that nobody else can lock you out: follow the "
            "link in our mail. None there? Choose “Email addresses” in the menu under your name, "
            "and there “Re-send Verification”."
        ),
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """The name proposed for a new passkey or security key."""
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"
