"""Fixtures that more than one folder of tests uses."""

import gc
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from hypothesis import HealthCheck, settings
from playwright.sync_api import Page
from pytest_django.plugin import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from database import portions
from launcher.platform import web, weightwise
from launcher.ports import free_port
from launcher.readiness import web_answers
from launcher.settings import child_environment, read_settings
from tests import servers
from tests.groups import ByWhatTheyShare, refuse_ungrouped
from tests.patience import LAST_RESORT
from throttling import limits

# How long an example takes says nothing on a machine that others use as well.
settings.register_profile("weightwise", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("weightwise")


TESTS = Path(__file__).parent
# A test that uses one of these asks the database, or hands it to a process of its own.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}


# Where `make test-platform` and `make test-browser` look for the tests that they alone run.
FOLDERS = {
    "browser": ("browser",),
    "launcher": ("browser", "deploy", "faults", "launcher", "platform"),
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Where tests are handed out by file, the files that share more than that go together."""
    return ByWhatTheyShare(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuses what `make test` would not find; leaves out what PostgreSQL need not repeat."""
    refuse_misplaced(items)
    refuse_ungrouped(items)
    leave_out_what_asks_no_database(config, items)


def pytest_collection_finish() -> None:
    """What has been imported stays to the end: it need not be looked through for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


def refuse_misplaced(items: Iterable[pytest.Item]) -> None:
    """A test in another folder than those of its mark would be run by nobody."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        for mark in (mark for mark in FOLDERS if item.get_closest_marker(mark)):
            if folder not in FOLDERS[mark]:
                raise pytest.UsageError(
                    f"{item.nodeid} is marked {mark}, and `make test` looks for no such test in "
                    f"tests/{folder}: move it, or name the folder in the Makefile and in FOLDERS."
                )


def leave_out_what_asks_no_database(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL: such a test was run beside SQLite."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return
    others = [item for item in items if not asks_database(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if asks_database(item)]


def asks_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db"):
        return True
    return isinstance(item, pytest.Function) and not DATABASE_FIXTURES.isdisjoint(item.fixturenames)


@dataclass(frozen=True)
class RunningPlatform:
    """The whole platform as `make run` starts it, on a database of its own."""

    address: str
    data: Path
    environment: dict[str, str]
    passwords: dict[str, str]
    process: servers.Process

    def url(self, path: str) -> str:
        return self.address.rstrip("/") + path

    @property
    def database(self) -> Path:
        """The file of its database."""
        [found] = self.data.glob("*.sqlite3")
        return found

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Its database; what is changed in the block is kept at its end."""
        with closing(sqlite3.connect(self.database, timeout=LAST_RESORT)) as connection, connection:
            yield connection


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """All tests come from the same address, and none is to be refused for what others did."""
    cache.clear()
    limits.forget_all()
    portions.forget_all()


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that a module's fixtures make once; what each test does to them is undone with it.

    Not for modules with transactional tests: a connection of their own would wait for these rows.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


# All tests come from one address.
MANY_GUESTS = {"WEIGHTWISE_ADDRESS_GUESTS_AN_HOUR": "10000"}


@contextmanager
def run_platform(data: Path) -> Iterator[RunningPlatform]:
    """Every process of the platform, supervised, as `make run` has it, on this folder's data."""
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    } | {"PORT": str(port), "WEIGHTWISE_DATA": str(data)}
    environment |= MANY_GUESTS
    command = [sys.executable, "-m", "launcher"]
    with servers.process(command, env=environment, grace=30) as process:
        process.wait_for_line("Weightwise is ready")
        address = f"http://127.0.0.1:{port}/"
        passwords = demo_passwords(process.output())
        yield RunningPlatform(address, data, environment, passwords, process)


@contextmanager
def run_pages(data: Path) -> Iterator[RunningPlatform]:
    """The web server alone, on this folder's data: nobody trains, and no broker is there."""
    given = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    given |= {"PORT": str(free_port()), "WEIGHTWISE_DATA": str(data)} | MANY_GUESTS
    asked = read_settings(given, servers.ROOT)
    environment = child_environment(asked, "redis://127.0.0.1:1/0", str(data))
    prepare = weightwise(asked).prepare.command
    prepared = subprocess.run(
        prepare, env=environment, cwd=servers.ROOT, check=True, capture_output=True, text=True
    )
    passwords = demo_passwords(prepared.stdout)
    with servers.process(web(asked).command, env=environment) as process:
        process.wait_for(lambda: web_answers(asked.address), "the web server did not answer")
        yield RunningPlatform(asked.address, data, environment, passwords, process)


def demo_passwords(told: str) -> dict[str, str]:
    """What `manage.py prepare --demo` says once, by the name of the account."""
    return dict(re.findall(r"Demo account: (\w+) / (\S+)", told))


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform for all tests that leave the course and its settings as they are."""
    with run_platform(tmp_path_factory.mktemp("platform")) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium: Playwright's own build cannot be downloaded everywhere."""
    executable = servers.chromium()
    if executable is None:
        if servers.in_ci():
            pytest.fail(servers.NO_CHROMIUM)
        # Who works on something else need not install it; the summary says what was left out.
        pytest.skip(servers.NO_CHROMIUM)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {"executable_path": executable, "args": quiet}


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console complains about: errors, and refusals of the content policy."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "console",
        lambda message: heard.append(message.text) if message.type == "error" else None,
    )
    return heard
