"""Lets style sheets and scripts be compressed on the way out, where they are not on the disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse

# A file is compressed piece by piece; in pieces of 4 kB, Django's own size, it would stay larger.
PIECE = 1024 * 1024


class StaticFiles:
    """Stands between WhiteNoise and what compresses; neither knows of the other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse | FileResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse | FileResponse:
        if request.path_info.startswith(settings.STATIC_URL):
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
