"""A form that was sent while signed out is not lost: the page that refuses it keeps it.

Signing in invalidates older forms, as it should; this page has a valid one to send again. Only for
forms from our own pages: one that another site sent must not be a click away from working.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http.client import FORBIDDEN, FOUND, NOT_FOUND
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.sent_fields import TOKEN

SIGNED_OUT = "X-Signed-Out"
# What a script says of the page that it sends from.
PAGE_OF = "X-Page-Of"


@dataclass(frozen=True)
class Sent:
    """A form as it came."""

    action: str
    fields: list[tuple[str, str]]
    # Files and passwords are not sent back to the browser: they have to be entered again.
    is_whole: bool


def sent_form(request: HttpRequest) -> Sent | None:
    """The form that one of our pages sent; None without one, and for the forms of accounts."""
    if request.method != "POST" or not _is_from_here(request) or _is_about_account(request):
        return None
    fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
    shown = [(name, text) for name, text in fields if name != TOKEN and "password" not in name]
    is_whole = not request.FILES and not any("password" in name for name, _ in fields)
    return Sent(request.get_full_path(), shown, is_whole)


def way_back(request: HttpRequest) -> str:
    """Where signing in should lead: to this page, or to the one that sent the refused form."""
    if request.method == "GET":
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}):
        parts = urlsplit(sent_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("me")


def refuse_old_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The view for a form whose CSRF token is missing, old, or another browser's."""
    context = {"has_no_cookie": reason == REASON_NO_CSRF_COOKIE}
    response = render(request, "403_csrf.html", context, status=FORBIDDEN)
    add_never_cache_headers(response)
    return response


class KeepWhatWasSent:
    """Says that one is signed out, instead of redirecting to sign in, which would lose the form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get(PAGE_OF) == "member" and request.user.is_anonymous:
            # It would be taken as a new guest's, and its owner would not find it.
            response = render(request, "signed_out.html", status=FORBIDDEN)
        else:
            response = self.get_response(request)
        if request.method != "POST" or response.status_code not in (FOUND, FORBIDDEN, NOT_FOUND):
            return response
        if request.user.is_authenticated:
            return _kept_back(request, response)
        if response.status_code == FOUND:
            if not _leads_to_sign_in(response) or sent_form(request) is None:
                return response
            response = render(request, "signed_out.html", status=FORBIDDEN)
        response[SIGNED_OUT] = "1"  # for scripts
        add_never_cache_headers(response)
        return response


def _kept_back(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """For anyone signed in who is led to sign in once more: without a second step, or as another
    person than the one who typed the form."""
    leads_away = response.status_code == FOUND and _leads_to_sign_in(response)
    if not leads_away or sent_form(request) is None:
        return response
    response = render(request, "kept_back.html", status=FORBIDDEN)
    add_never_cache_headers(response)
    return response


def _leads_to_sign_in(response: HttpResponse) -> bool:
    path = urlsplit(response["Location"]).path
    return path in (reverse("account_login"), reverse("admin:login"))


def _is_from_here(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    is_address = origin.startswith(("http://", "https://"))
    return is_address and url_has_allowed_host_and_scheme(origin, {request.get_host()})


def _is_about_account(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("account_login").removesuffix("login/"))
