from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest

from accounts import second_step
from accounts.forms import GivePasswordForm, InTurn
from accounts.models import User
from accounts.name_forms import NameField
from accounts.usernames import HAS_ONLY
from authoring.admin_lookups import LookupsMixin
from authoring.admin_moments import MomentsMixin
from authoring.deletion import ExplainedDeletion

# Its pages show the secrets that codes are made from.
admin.site.unregister(Authenticator)
# Registered again below, with lists like all others.
admin.site.unregister([EmailAddress, Group])


class UsernameInWords(BaseForm):
    """Added to a form: says in plain words what a username may not have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:  # a reader's page has no fields
            said = f"{HAS_ONLY}: leave out spaces and other characters."
            self.fields["username"].error_messages["invalid"] = said


class AddPersonForm(UsernameInWords, InTurn, AdminUserCreationForm[User]):
    """Asks for the email address, too: a new password can only be mailed to one."""

    hashes_when_saved = True

    name = NameField(help_text="")

    def clean_email(self) -> str:
        return own_email(self.cleaned_data["email"], self.instance)


class ChangePersonForm(UsernameInWords, UserChangeForm[User]):
    name = NameField(help_text="")

    def clean_email(self) -> str:
        return own_email(self.cleaned_data["email"], self.instance)


def own_email(email: str, user: User) -> str:
    """The address in lower case; refused when another account has confirmed it, or no mail can be
    sent to it."""
    email = get_adapter().clean_email(email)
    others = EmailAddress.objects.filter(email__iexact=email, verified=True)
    if other := others.exclude(user=user.pk).select_related("user").first():
        said = f"{email} is already the confirmed address of {other.user}: give another one."
        raise ValidationError(said)
    return email.lower()


@admin.register(User)
class PersonAdmin(MomentsMixin, LookupsMixin[User], ExplainedDeletion, UserAdmin[User]):
    add_form = AddPersonForm
    form = ChangePersonForm
    change_password_form = GivePasswordForm
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "email", "usable_password", "password1", "password2"),
            },
        ),
        ("Personal info", {"classes": ("wide",), "fields": ("name",)}),
    )
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Personal info", {"fields": ("name", "email")}),
        (
            "Permissions",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Important dates", {"fields": ("last_login", "date_joined")}),
    )
    list_display = ("username", "name", "email", "is_staff")
    search_fields = ("username", "name", "email")
    actions = ("reset_second_step",)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Accounts go one by one, each on the page that says what goes along."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_superuser

    @admin.action(description="Reset two-step sign-in (lost device)", permissions=["reset"])
    def reset_second_step(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """For people who lost device and codes; one's own is changed on one's own page."""
        for user in chosen:
            if user == request.user:
                text = "Change your own on your account’s page, which asks for your password first."
                self.message_user(request, text, messages.ERROR)
            elif second_step.reset(user, by=request.user.get_username()):
                self.log_change(request, user, "Reset two-step sign-in.")
                text = f"{user} now signs in with the password alone, until they set it up again."
                self.message_user(request, text, messages.SUCCESS)
            else:
                text = f"{user} has no two-step sign-in; nothing was changed."
                self.message_user(request, text, messages.INFO)


@admin.register(EmailAddress)
class AddressAdmin(LookupsMixin[EmailAddress], EmailAddressAdmin):  # type: ignore[misc]
    pass


@admin.register(Group)
class RoleAdmin(LookupsMixin[Group], GroupAdmin):
    pass
