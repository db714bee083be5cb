"""The forms of accounts, in our words."""

from typing import Any

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        remember = self.fields["remember"]
        remember.label = "Keep me signed in on this device"
        remember.help_text = "Leave it off on a computer that others use, too."
