"""What is answered when the database is locked or away: come back soon, instead of an error."""

import sys
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from config.pages import HANGS
from database.patience import shortened
from throttling.waiting import left, waited

log = structlog.get_logger("weightwise.web")

RETRY_AFTER_SECONDS = 10
# SQLite reports a missing table in the same class; waiting does not help against that.
PERMANENT = "no such"
READY = "/readyz"
# A wait for a thread that is too short to count.
SHORT_SECONDS = 0.5


def answer_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, which also hears of what middleware raised: 503 where waiting helps."""
    error = sys.exc_info()[1]
    if not _passes(error):
        return server_error(request)
    log.warning("database_busy", path=request.path, error=str(error))
    return _come_back()


class RefuseWhileItHangs:
    """Answers requests that `Pages` has marked, before anything can ask the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HANGS not in request.META:
            return self.get_response(request)
        log.warning("database_hangs", path=request.path)
        if request.path_info == READY:
            return JsonResponse({"ready": False, "database": False}, status=503)
        return _come_back()


class CountTheWait:
    """A request that had to wait for a thread waits for locks for as much less."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if waited() < SHORT_SECONDS:
            return self.get_response(request)
        with shortened(left(settings.DATABASE_PATIENCE_SECONDS)):
            return self.get_response(request)


def _come_back() -> HttpResponse:
    # Without the request: no context processor may ask the database who this is.
    page = render_to_string("503.html", {"seconds": RETRY_AFTER_SECONDS})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _passes(error: BaseException | None) -> bool:
    if isinstance(error, OperationalError):
        return PERMANENT not in str(error)
    return isinstance(error, InterfaceError)
