"""Reads all requests as UTF-8, and refuses bodies that declare another charset.

Python has a hundred codecs, some of which are not charsets. Django decodes a request, its address
included, with the one that the request declares, and fails where that fails: in a view, or before
the first middleware, where nothing logs it.
"""

import re
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.http import HttpRequest, HttpResponse

UTF_8 = {"utf-8", "utf8", "utf_8"}
BODILESS = {"GET", "HEAD", "OPTIONS", "TRACE"}
DECLARED = "weightwise.charset"
# Also in the form of RFC 2231, which may name a charset for any parameter.
CHARSET = re.compile(r"""charset\s*=\s*"?([^";,\s]*)|\w\*\d*\*?\s*=(.*)""", re.IGNORECASE)
PLAIN = re.compile(r"[^;]*(?:;\s*boundary=[^;*]*)?", re.IGNORECASE)
REFUSED = "This platform reads text in UTF-8. Send it with “charset=utf-8”, or with no charset.\n"


def reading_utf8(application: WSGIApplication) -> WSGIApplication:
    """Removes the charset from a request before Django sees it, and notes it for RefuseCharsets."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        kind = environ.get("CONTENT_TYPE", "")
        if declared := CHARSET.search(kind):
            environ[DECLARED] = declared[1] or declared[2] or ""
            environ["CONTENT_TYPE"] = PLAIN.match(kind)[0]  # type: ignore[index]  # always matches
        return application(environ, start)

    return answer


class RefuseCharsets:
    """Answers 415 to a body in another charset."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.META.get(DECLARED) or (request.content_params or {}).get("charset")
        if request.method not in BODILESS and declared and declared.lower() not in UTF_8:
            return HttpResponse(REFUSED, status=415, content_type="text/plain; charset=utf-8")
        request.encoding = "utf-8"
        return self.get_response(request)
