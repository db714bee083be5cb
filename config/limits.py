"""Refuses what is larger than anything that a page of ours sends."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

TOO_LARGE = "What you sent is larger than this platform takes.\n"


class LimitBodies:
    """Answers 413 before a body is read. Django's own limit reads first and leaves files out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        announced = request.headers.get("Content-Length", "")
        if announced.isdecimal() and int(announced) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return HttpResponse(TOO_LARGE, status=413, content_type="text/plain")
        return self.get_response(request)
