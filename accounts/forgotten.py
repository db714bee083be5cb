"""A forgotten password: one mail leads to a new one for each account with the address.

Anyone may state any address, so many accounts may have one that nobody has confirmed. It gets one
mail for each request, and few within an hour.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm, default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from django.http import HttpRequest

from accounts import refusals
from accounts.links import NotMailed
from accounts.models import User
from accounts.queries import accounts_at


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Answers alike whether or not an account has the address. Saving it may raise NotMailed."""

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"].lower())
        if shut := refusals.before_link(context.request, email):
            refusals.refuse_form(context.request, *shut)
        self.users, self.further = accounts_at(email)
        return email

    def save(self, request: HttpRequest, **options: Any) -> str:
        email: str = self.cleaned_data["email"]
        try:
            self._mail(request, email, **options)
        except NotMailed:
            refusals.link_not_mailed(email)
            raise
        return email

    def _mail(self, request: HttpRequest, email: str, **options: Any) -> None:
        if not self.users:
            super().save(request, **options)  # that no account has the address
            return
        accounts = [{"username": user.get_username(), "link": _link(user)} for user in self.users]
        told_of = {"accounts": accounts, "further": self.further}
        get_adapter().send_mail("account/email/new_password", email, told_of)


def _link(user: User) -> str:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    link: str = get_adapter().get_reset_password_from_key_url(key)
    return link
