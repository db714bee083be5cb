"""Lets style sheets and scripts be compressed on the way out, where they are not on the disk."""

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse

# A file is compressed piece by piece; in pieces of 4 kB, Django's own size, it would stay larger.
PIECE = 1024 * 1024
STATIC = "/static/"

# Answered without the database.
ALIVE = "/healthz"


def asks_nothing(path: str) -> bool:
    """Whether this path, without the site's prefix, is answered without the database."""
    return path == ALIVE or path.startswith(STATIC)


class UnknownFiles:
    """404 for a file that WhiteNoise does not know: a full page would ask who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(STATIC):
            return HttpResponse("There is no such file.\n", status=404, content_type="text/plain")
        return self.get_response(request)


class StaticFiles:
    """Stands between WhiteNoise and what compresses; neither knows of the other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | FileResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse | FileResponse:
        if request.path_info.startswith(STATIC):
            _ask_plainly(request)
        response = self.get_response(request)
        if isinstance(response, FileResponse):
            response.block_size = PIECE
        return response


def _ask_plainly(request: HttpRequest) -> None:
    # What was compressed has a weak tag (RFC 9110, 8.8.1); WhiteNoise compares with its strong one.
    if tag := request.META.get("HTTP_IF_NONE_MATCH"):
        request.META["HTTP_IF_NONE_MATCH"] = tag.removeprefix("W/")
    # A range counts bytes of what is sent, which is not known before it is compressed.
    request.META.pop("HTTP_RANGE", None)
