"""What the views of this app share: the request that they get, and a refusal in its place."""

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from quizzes.kinds import BadResponse
from throttling.refusals import TurnedAway

# Tells scripts that a refusal says why in the place of what was sent.
DRAWN_HERE = "X-Drawn-Here"


class HtmxRequest(HttpRequest):
    """A request as django-htmx's middleware leaves it."""

    htmx: HtmxDetails


def answer(page: HttpResponse, error: BadResponse | TurnedAway | None) -> HttpResponse:
    """The page with the status of what was refused, drawn for the place that it was sent from."""
    if error is not None:
        page.status_code = error.status
        page[DRAWN_HERE] = "1"
    if isinstance(error, TurnedAway):
        page["Retry-After"] = str(error.retry_after or 1)
    return page
