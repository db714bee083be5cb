"""The last of 21,000 queued runs is looked at, and the last of 20, on SQLite and PostgreSQL.

`page` is the run's page as a browser gets it, `place` what telling its place in the queue takes.
"""

import http.client
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.databases import on_both
from benchmarks.platform import ROOT, WebServer, timed
from benchmarks.report import Figure

FEW, MANY = 20, 21_000
SAMPLES = 40


def run() -> list[Figure]:
    """Milliseconds, and how many times as long it takes in the long queue."""
    return on_both(_figures)


def _figures(database: str, server: WebServer) -> Iterator[Figure]:
    few, many = (_medians(server, waiting) for waiting in (FEW, MANY))
    for name, seconds in many.items():
        figure = f"{name}_{database}"
        yield Figure("queue", figure, seconds * 1000, "ms", "", SAMPLES)
        ratio = seconds / few[name]
        yield Figure("queue", f"{figure}_ratio", ratio, "x", f"{FEW} queued runs", SAMPLES)


def _medians(server: WebServer, waiting: int) -> dict[str, float]:
    """Median seconds while `waiting` runs are queued."""
    command = [sys.executable, "-m", "benchmarks.waiting", str(waiting), str(SAMPLES)]
    filled = subprocess.run(
        command, cwd=ROOT, env=dict(server.environment), check=True, stdout=subprocess.PIPE
    )
    told: dict[str, Any] = json.loads(filled.stdout)
    return {"page": _page(server.port, told["page"]), "place": told["place"]}


def _page(port: int, address: str) -> float:
    """The median of some requests, after one that is not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask() -> None:
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{address} answered {answer.status}.")

    ask()
    return statistics.median(timed(ask) for _ in range(SAMPLES))
