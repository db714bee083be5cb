"""Refuses what no page of ours sends: a body without a length, too large a one, or one that is no
form."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts.resending import way_back

FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
NO_LENGTH = (
    "This request does not state its length: it was sent in chunks, without a Content-Length."
    " Nothing was done with it. Send it again with its length. If it came through a proxy, that has"
    " to read requests whole before it passes them on.\n"
)
NO_FORM = "Pages here read forms, and nothing else. Send the fields as a form.\n"


class RefuseBodies:
    """Answers 413 before a body is read, where Django's own limit reads first and leaves files out;
    415 to a body that is not a form, and 411 to one without a length, which WSGI does not read: as
    forms they would be empty ones."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return HttpResponse(NO_LENGTH, status=411, content_type="text/plain")
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            # For a browser, before anything is known of who sends it.
            context = {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE, "back": way_back(request)}
            return HttpResponse(render_to_string("413.html", context), status=413)
        if request.method == "POST" and announced != "0" and request.content_type not in FORMS:
            return HttpResponse(NO_FORM, status=415, content_type="text/plain")
        return self.get_response(request)
