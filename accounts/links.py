"""The links in our mails: a page says what has become of one, and whether one was sent at all."""

from http.client import NOT_FOUND
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView, EmailView, PasswordResetFromKeyView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

_SENT = "confirmation_was_mailed"


def note_sent(request: HttpRequest) -> None:
    """A link that confirms an address goes out during this request."""
    setattr(request, _SENT, True)


def tell_unless_sent(request: HttpRequest, email: str) -> None:
    """Says so where allauth has sent none: an address gets only a few within some minutes.

    It would say nothing, although the links of two accounts with one address are different ones.
    """
    if not getattr(request, _SENT, False):
        messages.warning(
            request,
            f"No link to confirm {email} was mailed now: one address gets only a few mails within"
            " ten minutes. Wait until then, then choose “Email addresses” in the menu under your"
            " name, and there “Re-send Verification”.",
        )


class EmailAddresses(EmailView):  # type: ignore[misc]  # allauth has no types
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        email = request.POST.get("email", "").strip().lower()
        before = self._unconfirmed()
        response: HttpResponse = super().post(request, *args, **kwargs)
        is_asked_for = "action_send" in request.POST and email in before
        is_new = "action_add" in request.POST and email in self._unconfirmed() - before
        if is_asked_for or is_new:
            tell_unless_sent(request, email)
        return response

    def _unconfirmed(self) -> set[str]:
        # Compared here: no database takes everything that may be sent as an address.
        own = EmailAddress.objects.filter(user=self.request.user, verified=False)
        return set(own.values_list("email", flat=True))


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
