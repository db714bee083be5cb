"""A learner without a browser: opens an experiment, starts a run, watches its stream."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')
SECONDS = 300


@dataclass(frozen=True)
class Heard:
    """An event of the stream, and how long after the POST it was there."""

    name: str
    seconds: float
    data: dict[str, Any]


class Visitor:
    """One person with a session of their own, who has the experiment's page open."""

    def __init__(self, port: int, experiment: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        self.path = f"/experiments/{experiment}/"
        self.cookies: dict[str, str] = {}
        page = self._ask("GET", self.path).read().decode()
        self.form = {
            name: found[1]
            for name, pattern in (("csrfmiddlewaretoken", CSRF), ("key", KEY))
            if (found := pattern.search(page))
        }

    def run(self, seed: int) -> Iterator[Heard]:
        """Posts the form, follows the run's stream, and tells each event as it comes."""
        started = time.perf_counter()
        answer = self._ask("POST", self.path, urlencode(self.form | {"seed": str(seed)}))
        answer.read()
        if answer.status != http.client.FOUND:
            raise RuntimeError(f"The run was refused with status {answer.status}.")
        stream = self._ask("GET", f"{answer.headers['Location']}events")
        for name, data in _events(stream):
            yield Heard(name, time.perf_counter() - started, data)

    def _ask(self, method: str, path: str, body: str | None = None) -> http.client.HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def _events(stream: http.client.HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    while line := stream.readline():
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
