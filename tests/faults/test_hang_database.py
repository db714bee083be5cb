"""PostgreSQL accepts what it is sent and answers nothing, as a stopped or unreachable host does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from psycopg.rows import TupleRow

from launcher.ports import free_port
from launcher.readiness import web_answers
from tests import servers
from tests.faults.house import children
from tests.patience import LAST_RESORT, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.launcher,
    # Only where it is not installed, and never in CI.
    pytest.mark.skipif(
        servers.postgres_programs() is None and not servers.in_ci(), reason=servers.NO_POSTGRES
    ),
]
# More than there are threads for pages.
MANY = 20


@dataclass(frozen=True)
class Site:
    """A web process and the PostgreSQL that is its own."""

    address: str
    database_url: str

    def get(self, path: str) -> requests.Response:
        return requests.get(self.address + path, timeout=LAST_RESORT)

    def get_many(self, path: str) -> list[requests.Response]:
        with ThreadPoolExecutor(MANY) as visitors:
            return list(visitors.map(self.get, [path] * MANY))

    def a_run(self) -> str:
        """The id of a reference run, which waits for a worker and may be watched by anybody."""
        with self.connect() as own:
            row = own.execute("SELECT id FROM training_jobs_run ORDER BY id").fetchone()
        assert row
        return str(row[0])

    @property
    def _folder(self) -> Path:
        return Path(urlsplit(self.database_url).path).parent

    def connect(self) -> "psycopg.Connection[TupleRow]":
        return psycopg.connect(host=str(self._folder), user="weightwise", dbname="postgres")

    @property
    def _database_pids(self) -> list[int]:
        postmaster = int((self._folder / "data/postmaster.pid").read_text().split()[0])
        return [postmaster, *children(postmaster)]

    @contextmanager
    def stopped_database(self) -> Iterator[None]:
        pids = self._database_pids
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                # One that was just ending is gone as soon as the first of them goes on.
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    port = free_port()
    with servers.postgres_server() as url:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": url,
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        prepare = [sys.executable, "manage.py", "prepare"]
        subprocess.run(prepare, env=environment, check=True, cwd=servers.ROOT, capture_output=True)
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port)]
        with servers.process(command, env=environment) as process:
            address = f"http://127.0.0.1:{port}"
            process.wait_for(lambda: web_answers(f"{address}/"), "the web server did not answer")
            yield Site(address, url)


def wait_for_alive(lines: Iterator[str]) -> None:
    """Until the stream gives a sign of life; raises where it ends before."""
    # Of a run that waits, its place in the queue is told again.
    while next(lines) != "event: queue":
        pass


def test_a_hanging_database_costs_no_more_than_what_needs_it(site: Site) -> None:
    assert {answer.status_code for answer in site.get_many("/")} == {200}  # connections are open
    run = site.a_run()
    stream = requests.get(f"{site.address}/runs/{run}/events", stream=True, timeout=LAST_RESORT)
    with closing(stream):
        lines = stream.iter_lines(chunk_size=1, decode_unicode=True)
        wait_for_alive(lines)
        with site.stopped_database():
            for answer in [*site.get_many("/"), site.get("/learn/")]:
                assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
                assert "One moment" in answer.text
                assert "Content-Security-Policy" in answer.headers
            assert site.get("/healthz").text == "ok"
            assert site.get("/static/css/base.css").status_code == 200
            # More of them than there are threads beside the pages'.
            assert {it.status_code for it in site.get_many("/static/css/none.css")} == {404}
            ready = site.get("/readyz")
            assert (ready.status_code, ready.json()) == (503, {"ready": False, "database": False})
            refused = site.get(f"/runs/{run}/events")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
            wait_for_alive(lines)
            wait_for_alive(lines)
        eventually(lambda: site.get("/").status_code == 200, "the pages did not come back")
        # Every thread is there again, and the stream has not been cut.
        assert {answer.status_code for answer in site.get_many("/")} == {200}
        assert site.get("/readyz").json()["ready"] is True
        wait_for_alive(lines)


def test_a_stream_that_is_asked_for_while_it_hangs_is_refused(site: Site) -> None:
    """Also the first to notice."""
    run = site.a_run()
    with site.stopped_database():
        refused = site.get(f"/runs/{run}/events")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    eventually(lambda: site.get(f"/runs/{run}/").status_code == 200, "the page did not come back")


def test_a_slow_statement_is_no_hanging_database(site: Site) -> None:
    """A table that somebody holds keeps its page waiting, and no other."""
    with site.connect() as own:
        own.execute("LOCK TABLE lessons_track IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(1) as visitor:
            waiting = visitor.submit(site.get, "/")
            assert site.get("/accounts/login/").status_code == 200
            assert site.get("/readyz").status_code == 200
            eventually(lambda: _waits(site), "nobody waits for the table")
            own.rollback()
            assert waiting.result().status_code == 200


def _waits(site: Site) -> bool:
    with site.connect() as own:
        row = own.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return bool(row and row[0])
