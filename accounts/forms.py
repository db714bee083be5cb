"""The forms of accounts, in our words; those with a password say so when it waits too long."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from allauth.core import context
from django import forms
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts import door, hashing, refusals
from accounts.models import User
from accounts.overtaken import replace_password
from throttling.addresses import counted_address


class InTurn(forms.BaseForm):
    """Added to a form that hashes: without a turn it is refused, before anything is done."""

    # Whether saving the form hashes; checking it may hash anyway.
    hashes_when_saved = False
    # The field that says so; by default it stands above the form.
    told_at: str | None = None

    def full_clean(self) -> None:
        try:
            super().full_clean()
            if self.hashes_when_saved and self.is_bound and not self.errors:
                hashing.hold()
        except hashing.NoTurn as refused:
            self.add_error(self.told_at, refusals.turn_away(context.request, refused))


class SignInForm(InTurn, LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        remember = self.fields["remember"]
        remember.label = "Keep me signed in on this device"
        remember.help_text = "Leave it off on a computer that others use, too."


class SignUpForm(InTurn, SignupForm):  # type: ignore[misc]
    hashes_when_saved = True

    def clean(self) -> dict[str, Any]:
        request = context.request
        if shut := door.check_form(counted_address(request)):
            refusals.refuse_form(request, *shut)
        cleaned: dict[str, Any] = super().clean() or {}
        if {"username", "email"} <= cleaned.keys():
            try:
                User(username=cleaned["username"], email=cleaned["email"]).clean()
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def save(self, request: HttpRequest) -> User:
        """All of an account or nothing of it; the password is hashed before anything is locked."""
        adapter = get_adapter(request)
        user: User = adapter.save_user(request, adapter.new_user(request), self, commit=False)
        with transaction.atomic():
            user.save()
            self.custom_signup(request, user)
            setup_user_email(request, user, [EmailAddress(email=user.email)])
            door.count_account(counted_address(request))  # last: what was refused does not count
        return user


class ConfirmPasswordForm(InTurn, ReauthenticateForm):  # type: ignore[misc]
    """Asked again before something important."""


class _OnePassword:
    """Added to a form that replaces a password: of two at once, one does."""

    user: User
    cleaned_data: dict[str, str]

    def save(self) -> None:
        replace_password(self.user, self.cleaned_data["password1"])


class NewPasswordForm(_OnePassword, InTurn, ChangePasswordForm):  # type: ignore[misc]
    hashes_when_saved = True


class FirstPasswordForm(_OnePassword, InTurn, SetPasswordForm):  # type: ignore[misc]
    """For an account that has none."""

    hashes_when_saved = True


class ForgottenPasswordForm(_OnePassword, InTurn, ResetPasswordKeyForm):  # type: ignore[misc]
    hashes_when_saved = True


class GivePasswordForm(InTurn, AdminPasswordChangeForm):  # type: ignore[type-arg]  # not at run time
    """An administrator's, for somebody else."""

    hashes_when_saved = True
    told_at = "password1"
