"""The forms of the second step, in our words, with codes that work only once."""

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError

from accounts import refusals
from accounts.models import User
from accounts.second_step import SET_UP_CODE, only_digits, spend
from authoring.fields import JSONText

Shown = TypeVar("Shown")

NOT_READ = "Your device’s answer could not be read. Try again."
# What reading an answer of another structure may end in; its binary parts may be nested, too.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
# allauth's name of what it refuses so.
INCORRECT = "incorrect_code"
NOT_ACCEPTED = (
    "Your device’s answer was not accepted: its passkey may be another account’s, or the page was"
    " open for too long. Reload the page, and try again."
)
NO_SET_UP_CODE = "Type the digits that the app shows for Weightwise."
WRONG_SET_UP_CODE = (
    "This code is not right. Type the one that the app shows for Weightwise now: it changes every"
    " half minute. If none is accepted, compare the key in the app with the one above, and check"
    " that your device’s clock is right."
)
CODE = "Code from your app, or a recovery code"


def _as_shown(form: forms.Form, label: str) -> None:
    field = form.fields["code"]
    field.label = label
    field.widget = forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"})


def _counted(user: User, ask: Callable[[], Shown]) -> Shown:
    """What `ask` accepts; after too many wrong ones, refused without asking."""
    refused = refusals.before_second_step(user)
    if refused is not None:
        refusals.refuse_form(context.request, refused, "Too many wrong codes for this account.")
    found = ask()
    refusals.right_second_step(user)
    return found


@contextmanager
def _in_words(words: str) -> Iterator[None]:
    """Says what was wrong in these words; allauth has one sentence for every code and device."""
    try:
        yield
    except ValidationError as error:
        if error.code != INCORRECT:
            raise
        raise ValidationError(words) from error


def _read(ask: Callable[[], Shown]) -> Shown:
    """What `ask` makes of a device's answer, whose structure allauth takes for granted."""
    try:
        with _in_words(NOT_ACCEPTED):
            return ask()
    except UNREADABLE as error:
        raise ValidationError(NOT_READ) from error


class _OnceOnly:
    """Added to a form that takes a code: an app's code is refused the second time."""

    cleaned_data: dict[str, Any]
    authenticator: Authenticator
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_shown(self, CODE)  # type: ignore[arg-type]  # only mixed into forms

    def clean_code(self) -> str:
        return _counted(self.user, self._clean_once)

    def _clean_once(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not spend(self.authenticator, only_digits(code)):
            raise get_adapter().validation_error("used_code")
        return code


class SignInWithCodeForm(_OnceOnly, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Asked after the password."""


class ConfirmWithCodeForm(_OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """Asked again before something important."""


class SetUpAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_shown(self, "Code that the app shows now")
        self.fields["code"].error_messages["required"] = NO_SET_UP_CODE

    def clean_code(self) -> str:
        if not only_digits(self.cleaned_data["code"]):
            raise ValidationError(NO_SET_UP_CODE)
        with _in_words(WRONG_SET_UP_CODE):
            code: str = _counted(self.user, super().clean_code)
        setattr(context.request, SET_UP_CODE, only_digits(code))
        return code


class DeviceAnswer(JSONText):
    """The JSON in which a script hands on what a device has answered."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            raise ValidationError(NOT_READ) from error


class _Answered(forms.BaseForm):
    """Added to a form that takes a device's answer, which anyone may have made up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unread = {"required": NOT_READ}
        self.fields["credential"] = DeviceAnswer(widget=forms.HiddenInput, error_messages=unread)


class _KeyForm(_Answered):
    """Added to a form that asks for a key which the account has."""

    user: User | None

    def clean_credential(self) -> Authenticator:
        if self.user is None:  # the answer names the account: counting would let anyone lock it
            return _read(super().clean_credential)  # type: ignore[misc]
        return _counted(self.user, lambda: _read(super(_KeyForm, self).clean_credential))  # type: ignore[misc]


class SignInWithKeyForm(_KeyForm, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """After the password."""


class SignInWithKeyAloneForm(_KeyForm, LoginWebAuthnForm):  # type: ignore[misc]
    """Instead of the password."""


class ConfirmWithKeyForm(_KeyForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Asked again before something important."""


class AddKeyForm(_Answered, AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name: Any = self.fields["name"]
        name.label = "A name for it, such as the device it is on"
        name.max_length = 60
        name.widget.attrs["maxlength"] = 60
        alone = self.fields["passwordless"]
        alone.label, alone.initial = "Also sign in with it alone, without a password", True
        alone.help_text = "Asks for your fingerprint, your face or the device’s PIN each time."

    def clean(self) -> dict[str, Any]:
        return _read(super().clean) or {}
