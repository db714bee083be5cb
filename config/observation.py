"""Counts and logs requests; the figures stand on /metrics."""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from throttling.addresses import client_address

REQUESTS = Counter("weightwise_requests_total", "Requests answered", ["view", "method", "status"])
SECONDS = Histogram("weightwise_request_seconds", "Seconds to answer a request", ["view"])

CHECKS = {"healthz", "readyz", "metrics"}

log = structlog.get_logger("weightwise.web")


class ObserveRequests:
    """Outermost middleware: sees the whole time and the final status of each page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        # The view's name, not the path: paths carry ids, and their number has no bound.
        view = request.resolver_match.view_name if request.resolver_match else "unmatched"
        REQUESTS.labels(view, request.method or "", response.status_code).inc()
        SECONDS.labels(view).observe(seconds)
        # Checks come every few seconds, and nobody wants to read about them.
        tell = log.debug if view in CHECKS else log.info
        tell(
            "request",
            method=request.method,
            path=request.path,
            client=client_address(request),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response
