"""The links in our mails: a page says what has become of one, and whether one was sent at all."""

from http.client import NOT_FOUND
from typing import Any

from allauth.account.views import ConfirmEmailView, PasswordResetFromKeyView, PasswordResetView
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from accounts import refusals
from throttling.refusals import TurnedAway, spell

# When it is worth asking a mail server again that has not taken a mail.
RETRY_SECONDS = 60
_UNSENT = "confirmation_was_not_mailed"


class NotMailed(TurnedAway):
    """The mail server is away, or did not accept the mail."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "No mail could be sent: our mail server did not accept it. Check the address, wait"
            f" {spell(RETRY_SECONDS)}, then try again. If it fails again, tell the people"
            " who run this site.",
            RETRY_SECONDS,
        )


def tell_unsent(request: HttpRequest, email: str, why: str, seconds: int) -> None:
    """Says that no link was mailed which confirms an address, and how to have one later."""
    setattr(request, _UNSENT, True)
    messages.warning(
        request,
        f"No link to confirm {email} was mailed now: {why} Wait {spell(seconds)}, then choose"
        " “Email addresses” in the menu under your name, and there “Re-send Verification”.",
    )


def is_unsent(request: HttpRequest) -> bool:
    """Whether a link to confirm an address should have gone out in this request, and did not."""
    return hasattr(request, _UNSENT)


class ForgottenPassword(PasswordResetView):  # type: ignore[misc]  # allauth has no types
    def form_valid(self, form: Form) -> HttpResponse:
        try:
            answer: HttpResponse = super().form_valid(form)
        except NotMailed as refused:
            form.add_error(None, refusals.turn_away(self.request, refused))
            answer = self.form_invalid(form)
        return answer


class ConfirmLink(ConfirmEmailView):  # type: ignore[misc]
    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        if context["confirmation"] is None:
            options["status"] = NOT_FOUND
        page: HttpResponse = super().render_to_response(context, **options)
        return page


class NewPasswordLink(PasswordResetFromKeyView):  # type: ignore[misc]
    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        if context.get("token_fail"):
            options["status"] = NOT_FOUND
        page: HttpResponse = super().render_to_response(context, **options)
        return page
