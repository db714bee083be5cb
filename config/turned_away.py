"""The answer to a request that is turned away for now, where no form can say so."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from throttling.refusals import TurnedAway


class AnswerTurnedAway:
    """429 or 503 with `Retry-After`, and a page that says why and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, TurnedAway):
            return None
        response = render(request, "turned_away.html", {"why": error}, status=error.status)
        if error.retry_after is not None:
            response["Retry-After"] = str(error.retry_after)
        return response
