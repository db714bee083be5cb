"""A teacher reads the statistics of a quiz that has a million answers, on SQLite and PostgreSQL."""

import http.client
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.databases import on_both
from benchmarks.platform import ROOT, WebServer, timed
from benchmarks.report import Figure

SAMPLES = 7


def run() -> list[Figure]:
    """Milliseconds until each page is there; an empty quiz's page is what they are held against."""
    return on_both(_figures)


def _figures(database: str, server: WebServer) -> Iterator[Figure]:
    filled = subprocess.run(
        [sys.executable, "-m", "benchmarks.cohort"],
        cwd=ROOT,
        env=dict(server.environment),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(filled.stdout)
    medians = {
        name: statistics.median(_times(server.port, told["session"], address))
        for name, address in told["addresses"].items()
    }
    for name, seconds in medians.items():
        figure = f"{name}_{database}"
        yield Figure("statistics", figure, seconds * 1000, "ms", "", SAMPLES)
        if name != "quiz_empty":
            ratio = seconds / medians["quiz_empty"]
            yield Figure("statistics", f"{figure}_ratio", ratio, "x", "an empty quiz", SAMPLES)


def _times(port: int, session: str, address: str) -> list[float]:
    """Seconds of some requests, after one that is not counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask() -> None:
        connection.request("GET", address, headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"{address} answered {answer.status}.")

    ask()
    return [timed(ask) for _ in range(SAMPLES)]
