"""A visitor who comes through the reverse proxy, as production expects everybody to."""

import json
import re
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from tests.patience import LAST_RESORT

HOST = "weightwise.example"
# How long a stream may be silent; it says something every few seconds while its run goes on.
SILENCE = 120


class Visitor:
    """Keeps cookies, and says that the connection to the proxy was secure."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[HTTPResponse, str]:
        """A page and its text."""
        return self._ask("GET", path, None)

    def get_json(self, path: str) -> Any:
        """A page of data."""
        return json.loads(self.get(path)[1])

    def post(self, path: str, fields: dict[str, str], to: str = "") -> HTTPResponse:
        """Fetch the page with the form first, as a browser does, then send its fields.

        `to` is the address of a form that is sent elsewhere than to its page.
        """
        _, text = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        assert token, text
        sent = fields | {"csrfmiddlewaretoken": token[1]}
        return self._ask("POST", to or path, urlencode(sent))[0]

    def watch(self, path: str) -> Iterator[tuple[str, int, Any]]:
        """The events of a stream as they come: name, number (0 for none), data."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=SILENCE)
        connection.request("GET", path, headers=self._headers("GET"))
        response = connection.getresponse()
        assert response.status == 200, response.status
        yield from events(line.decode().rstrip("\n") for line in response)
        connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=LAST_RESORT)
        connection.request(method, path, body, self._headers(method))
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response, text

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"https://{HOST}"
        return headers


def events(lines: Iterable[str]) -> Iterator[tuple[str, int, Any]]:
    """The events in the lines of a stream; comments and its settings are none."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            yield fields["event"], int(fields.get("id", 0)), json.loads(fields["data"])
        fields = {}
