"""Production's collected files in a browser: each script has a hashed name, and is there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, Response, expect

from launcher.ports import free_port
from launcher.readiness import web_answers
from tests import servers
from tests.conftest import RunningPlatform
from tests.patience import happens

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")
# What the Dockerfile leaves out of the image, and what only a checkout has.
LEFT_OUT = shutil.ignore_patterns(".*", "tests", "docs", "benchmarks", "staticfiles", "__pycache__")


@pytest.fixture(scope="module")
def production(
    platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A web server with production's settings on the platform's data; where it listens."""
    tree = tmp_path_factory.mktemp("image") / "weightwise"
    shutil.copytree(servers.ROOT, tree, ignore=LEFT_OUT)
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "DATABASE_URL": f"sqlite:///{platform.database}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "WEIGHTWISE_DATA": str(platform.data),
        "WEIGHTWISE_SECRET_KEY": "only-for-this-test-" * 4,
        "WEIGHTWISE_ALLOWED_HOSTS": "127.0.0.1",
        "WEIGHTWISE_EMAIL_URL": "consolemail://",
        "WEIGHTWISE_SSL_REDIRECT": "false",
        "WEIGHTWISE_SECURE_COOKIES": "false",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=tree, env=environment, check=True)
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--no-access-log"]
    command += ["--app-dir", str(tree), "--port", str(port)]
    with servers.process(command, env=environment, cwd=tree) as process:
        address = f"http://127.0.0.1:{port}/"
        process.wait_for(lambda: web_answers(address), "the web server did not answer")
        yield address


def reference_run(platform: RunningPlatform) -> str:
    """The address of a run that anybody may look at, once it has ended."""

    def found() -> str:
        asked = "SELECT id FROM training_jobs_run WHERE learner_id IS NULL AND state = 'succeeded'"
        with platform.connect() as connection:
            row = connection.execute(asked).fetchone()
        return str(UUID(row[0])) if row else ""

    assert happens(lambda: bool(found()))
    return f"runs/{found()}/"


@pytest.fixture
def answers(page: Page) -> list[Response]:
    """Everything that the browser is answered, whatever asks for it."""
    heard: list[Response] = []

    def hear(response: Response) -> None:
        heard.append(response)

    page.on("response", hear)
    return heard


def scripts(answers: list[Response]) -> list[str]:
    return [it.url for it in answers if it.request.resource_type == "script"]


def all_is_well(answers: list[Response], complaints: list[str]) -> None:
    assert [(it.url, it.status) for it in answers if it.status >= 400] == []
    loaded = [it.url for it in answers if "/static/" in it.url]
    assert [url for url in loaded if not HASHED.search(url)] == []
    assert len(loaded) == len(set(loaded)), "what is hinted at is what is imported"
    assert complaints == []


def test_a_run_page_loads_only_hashed_scripts_and_all_of_them(
    page: Page,
    platform: RunningPlatform,
    production: str,
    answers: list[Response],
    complaints: list[str],
) -> None:
    page.goto(production + reference_run(platform))
    expect(page.locator("[data-run-words]")).to_contain_text("Finished")
    page.wait_for_load_state("networkidle")
    assert len(scripts(answers)) > 10
    all_is_well(answers, complaints)


@pytest.mark.parametrize("path", ["", "learn/optimizers/practice/1/", "experiments/mnist-16/"])
def test_so_do_other_pages(
    page: Page, production: str, answers: list[Response], complaints: list[str], path: str
) -> None:
    page.goto(production + path)
    page.wait_for_load_state("networkidle")
    assert scripts(answers)
    all_is_well(answers, complaints)
