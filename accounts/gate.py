"""Who opens the authoring pages: staff, after a second step where the platform asks for one."""

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.second_step import is_missing

Login = Callable[..., HttpResponseBase]


def guard(site: AdminSite) -> None:
    """Puts the gate before every page of the admin, and its own login page aside."""
    permitted = site.has_permission

    def has_permission(request: HttpRequest) -> bool:
        return permitted(request) and not is_missing(request)

    site.has_permission = has_permission  # type: ignore[method-assign]
    # Signing in to the admin goes through the one login page, which limits the number of tries.
    site.login = secure_admin_login(_explained(site.login))  # type: ignore[method-assign]


def _explained(login: Login) -> Login:
    """Whom the admin sends to its login page for want of a second step is told how to set it up."""

    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_missing(request):
            return redirect("mfa_index")
        return login(request, *args, **kwargs)

    return answer
