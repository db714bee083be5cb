"""The forms that ask for a person's name."""

from typing import Any

from django import forms
from django.http import HttpRequest

from accounts.models import User
from accounts.names import check_name, tidy

NAME_HELP = (
    "As you write it, in any script, with spaces, hyphens and apostrophes. Your teachers see it"
    " beside your answers. You can leave it out, and change it at any time."
)
USERNAME_HELP = (
    "You sign in with it. Letters and digits of any one script, and @ . + - _; no spaces. With an @"
    " it has to be your own email address."
)


class NameField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"autocomplete": "name", "dir": "auto"})
        given: dict[str, Any] = {"label": "Name (optional)", "required": False, "widget": widget}
        super().__init__(**given | {"help_text": NAME_HELP} | options)
        # Ours only: Django's names no place.
        self.validators = [check_name]

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class NameForm(forms.Form):
    """The name of an account's owner."""

    name = NameField()


class SignUpNameForm(NameForm):
    """Added to allauth's sign-up form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = USERNAME_HELP

    def signup(self, request: HttpRequest, user: User) -> None:
        user.rename(self.cleaned_data["name"])
