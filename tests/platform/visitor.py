"""A visitor of the running platform who speaks HTTP: keeps cookies, posts forms, reads streams."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import requests

from tests.patience import COSTLY_TICK, LAST_RESORT, eventually

CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
FINAL = {"succeeded", "failed", "cancelled", "timed_out"}


class Visitor:
    """One browser session without a browser."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.session = requests.Session()

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.address + path, timeout=LAST_RESORT, **options)

    def post(self, path: str, form: dict[str, str], *, page: str = "") -> requests.Response:
        """Posts a form with the token of `page` (of `path` itself if it has one)."""
        token = CSRF.search(self.get(page or path).text)
        assert token, f"{page or path} has a form"
        data = {"csrfmiddlewaretoken": token[1], **form}
        headers = {"Referer": self.address + path}
        return self.session.post(
            self.address + path,
            data=data,
            headers=headers,
            timeout=LAST_RESORT,
            allow_redirects=False,
        )

    def start_run(self, experiment: str, **form: str) -> str:
        """Queues a run; returns the path of its page."""
        response = self.post(f"/experiments/{experiment}/", form)
        assert response.status_code == 302, response.text
        return response.headers["Location"]

    def snapshot(self, run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"{run.rstrip('/')}.json").json()
        return found

    def finished(self, run: str) -> dict[str, Any]:
        """The run's snapshot once it has ended."""
        eventually(lambda: self.snapshot(run)["state"] in FINAL, f"{run} did not end", COSTLY_TICK)
        return self.snapshot(run)

    def events(self, run: str, after: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """The numbered events of the run's stream, to its end or until there are `limit`."""
        headers = {"Last-Event-ID": str(after)} if after else {}
        response = self.get(f"{run}events", stream=True, headers=headers)
        assert response.status_code == 200
        heard: list[dict[str, Any]] = []
        with closing(response):
            for event in _parsed(response):
                heard += [event] if "id" in event else []
                if len(heard) == limit:
                    break
        return heard


def _parsed(response: requests.Response) -> Iterator[dict[str, Any]]:
    fields: dict[str, str] = {}
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            number = {"id": int(fields["id"])} if "id" in fields else {}
            yield {**number, "event": fields["event"], "data": json.loads(fields["data"])}
            fields = {}
