"""Admits staff to what authors see, after a second step where the platform requires one."""

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.second_step import is_missing

MAY_SEE_DRAFTS = "lessons.change_lesson"

Login = Callable[..., HttpResponseBase]


def guard(site: AdminSite) -> None:
    """Puts the gate before every page of the admin, and replaces its pages about one's password."""
    permitted = site.has_permission

    def has_permission(request: HttpRequest) -> bool:
        return permitted(request) and not is_missing(request)

    site.has_permission = has_permission  # type: ignore[method-assign]
    # Signing in to the admin uses the site's one login page, which limits the number of tries.
    site.login = secure_admin_login(_explained(site.login))  # type: ignore[method-assign]
    site.password_change = _to_own_password  # type: ignore[assignment,method-assign]


def may_author(request: HttpRequest, permission: str) -> bool:
    """Whether this person has the permission and would be admitted to the authoring pages.

    Pages outside the admin ask here, and never for the permission alone.
    """
    user = request.user
    is_author = user.is_active and user.is_staff and user.has_perm(permission)
    return is_author and not is_missing(request)


def _to_own_password(request: HttpRequest, **kwargs: object) -> HttpResponseBase:
    """To the one page where a password is changed: it limits the number of tries at the old one."""
    return redirect("account_change_password")


def _explained(login: Login) -> Login:
    """Sends people who only lack the second step to the page that sets it up."""

    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if is_missing(request):
            return redirect("mfa_index")
        return login(request, *args, **kwargs)

    return answer
