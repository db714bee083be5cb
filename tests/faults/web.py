"""A real web process on the test's own database, and a viewer of its streams."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from django.db import connection

from launcher.ports import free_port
from launcher.readiness import web_answers
from tests import servers
from tests.patience import LAST_RESORT
from training_jobs.models import Run

COMMAND = [
    sys.executable,
    "-m",
    "uvicorn",
    "config.asgi:application",
    "--no-access-log",
    "--no-proxy-headers",
]


@dataclass(frozen=True)
class Web:
    """The running process and where it listens."""

    process: servers.Process
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def watch(self, run: Run, after: int = 0) -> requests.Response:
        """Opens the run's stream as a browser does that has the events up to `after`."""
        return watch(self.port, run, after)

    def streams_open(self) -> int:
        """How many streams it says are open."""
        text = requests.get(self.url("/metrics"), timeout=LAST_RESORT).text
        found = re.search(r"^weightwise_streams_open (\S+)$", text, re.MULTILINE)
        assert found
        return int(float(found[1]))

    def wait_for_streams(self, count: int) -> None:
        self.process.wait_for(lambda: self.streams_open() == count, f"never had {count} streams")


def watch(port: int, run: Run, after: int = 0) -> requests.Response:
    headers = {"Last-Event-ID": str(after)} if after else {}
    address = f"http://127.0.0.1:{port}/runs/{run.id}/events"
    return requests.get(address, headers=headers, stream=True, timeout=LAST_RESORT)


def events(response: requests.Response) -> Iterator[tuple[int, str]]:
    """Number and name of each event that arrives whole, until the stream ends or breaks."""
    fields: dict[str, str] = {}
    for line in response.iter_lines(chunk_size=1, decode_unicode=True):
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "id" in fields:
            json.loads(fields["data"])
            yield int(fields["id"]), fields["event"]
        fields = {}


def database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@contextmanager
def web(**settings: object) -> Iterator[Web]:
    """A web process with these settings, as WEIGHTWISE_ variables; no broker, no worker."""
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": database_url(),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **{f"WEIGHTWISE_{name}": str(value) for name, value in settings.items()},
    }
    with servers.process([*COMMAND, "--port", str(port)], env=environment) as process:
        started = Web(process, port)
        process.wait_for(lambda: web_answers(started.url("/")), "the web server did not answer")
        yield started
