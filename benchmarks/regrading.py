"""Thousands of attempts are graded again while a guest saves a test, on SQLite and PostgreSQL.

`longest_save` is the guest's longest wait, `quiet_save` the median wait before; `whole` is how long
the regrading takes, including its pauses.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.databases import on_both
from benchmarks.platform import ROOT, WebServer, timed
from benchmarks.quiz import Student
from benchmarks.report import Figure

ATTEMPTS = 3866
QUIET = 40


def run() -> list[Figure]:
    """Milliseconds of the saves, and seconds of the whole."""
    return on_both(_figures)


def _figures(database: str, server: WebServer) -> Iterator[Figure]:
    guest = Student(server.port)
    guest.practise()
    guest.open()
    quiet = statistics.median(timed(guest.save) for _ in range(QUIET))
    seconds = []
    command = [sys.executable, "-m", "benchmarks.corrected", str(ATTEMPTS)]
    with subprocess.Popen(
        command, cwd=ROOT, env=dict(server.environment), stdout=subprocess.PIPE, text=True
    ) as work:
        if work.stdout is None or not work.stdout.readline():
            raise RuntimeError("The correction was not confirmed.")
        started = time.perf_counter()
        while work.poll() is None:
            seconds.append(timed(guest.save))
        whole = time.perf_counter() - started
    for name, value in (("longest_save", max(seconds)), ("quiet_save", quiet)):
        yield Figure("regrading", f"{name}_{database}", value * 1000, "ms", "", len(seconds))
    yield Figure("regrading", f"whole_{database}", whole, "s", "", ATTEMPTS)
