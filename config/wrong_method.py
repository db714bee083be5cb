"""The page for an address that takes forms and was opened, or the other way round.

A refused form's page stands at the address that the form was sent to. Opening that again, from the
address bar or a bookmark, must not end on the browser's own error page.
"""

from collections.abc import Callable
from http.client import METHOD_NOT_ALLOWED

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers


class AnswerWrongMethod:
    """Gives Django's empty 405 a page in words, which leads to the page with the form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != METHOD_NOT_ALLOWED or response.streaming or response.content:
            return response
        is_opened = request.method in ("GET", "HEAD")
        context = {"is_opened": is_opened, "page": _page(request, is_opened=is_opened)}
        response.content = render_to_string("405.html", context, request)
        response["Content-Type"] = "text/html; charset=utf-8"
        add_never_cache_headers(response)
        return response


def _page(request: HttpRequest, *, is_opened: bool) -> str:
    """The page with the form: an address that only takes forms stands below it."""
    if not is_opened:
        return request.path
    above = request.path_info.rstrip("/").rpartition("/")[0] + "/"
    try:
        resolve(above)
    except Resolver404:
        return reverse("me")
    return request.path.removesuffix(request.path_info) + above
