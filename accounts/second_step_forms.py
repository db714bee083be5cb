"""The forms of the second step, in our words, and with codes that work once."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms

from accounts.second_step import spend

CODE = "Code from your app, or a recovery code"


def _as_shown(form: forms.Form, label: str) -> None:
    field = form.fields["code"]
    field.label = label
    field.widget = forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"})


class _OnceOnly:
    """Added to a form that takes a code: one from an app is refused when it comes again."""

    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_shown(self, CODE)  # type: ignore[arg-type]  # it is mixed into forms only

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        digits = "".join(filter(str.isdigit, code))
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not spend(self.authenticator, digits):
            raise get_adapter().validation_error("used_code")
        return code


class SignInForm(_OnceOnly, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """Asked after the password."""


class ConfirmForm(_OnceOnly, ReauthenticateForm):  # type: ignore[misc]
    """Asked again before something important."""


class SetUpAppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_shown(self, "Code that the app shows now")


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "A name for it, such as the device it is on"
        self.fields["name"].max_length = 60
        self.fields["name"].widget.attrs["maxlength"] = 60
        alone = self.fields["passwordless"]
        alone.label, alone.initial = "Also sign in with it alone, without a password", True
        alone.help_text = "Asks for your fingerprint, your face or the device’s PIN each time."
