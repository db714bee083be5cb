"""The whole site as a part of a host: below /ml/, behind a proxy."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from launcher.ports import free_port
from launcher.readiness import web_answers
from tests import servers
from tests.browser.steps import answer
from tests.browser.test_play_run import SPY
from tests.conftest import RunningPlatform
from tests.faults.proxy import PrefixProxy, prefix_proxy
from tests.patience import LAST_RESORT_MS

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
COMMAND = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--no-access-log"]


@contextmanager
def below_ml(
    platform: RunningPlatform, *options: str, takes_away: bool, **more: str
) -> Iterator[PrefixProxy]:
    """One more web server on the platform's data, behind a proxy that serves it below /ml."""
    port = free_port()
    environment = os.environ | platform.environment | more
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.dev"
    with servers.process([*COMMAND, "--port", str(port), *options], env=environment) as process:
        process.wait_for(
            lambda: web_answers(f"http://127.0.0.1:{port}/"), "the web server did not answer"
        )
        with prefix_proxy(port, "/ml", takes_away=takes_away) as proxy:
            yield proxy


SETTING = {"WEIGHTWISE_URL_PREFIX": "/ml"}


@pytest.mark.parametrize(
    ("options", "settings", "takes_away"),
    [(("--root-path", "/ml"), {}, True), ((), SETTING, True), ((), SETTING, False)],
    ids=["root-path", "setting", "setting, passed on"],
)
def test_a_learner_and_a_teacher_find_everything_below_it(
    page: Page,
    platform: RunningPlatform,
    complaints: list[str],
    options: tuple[str, ...],
    settings: dict[str, str],
    takes_away: bool,
) -> None:
    page.add_init_script(SPY)
    with below_ml(platform, *options, takes_away=takes_away, **settings) as proxy:
        home = f"http://127.0.0.1:{proxy.port}/ml/"
        practise(page, home)
        watch(page, home)
        sign_in(page, home, platform)
        assert proxy.strays in ([], [b"/favicon.ico"])
        assert complaints == []


def practise(page: Page, home: str) -> None:
    """Links, scripts, and what htmx fetches."""
    page.goto(home)
    page.get_by_role("link", name="Why training updates weights").first.click()
    page.get_by_role("link", name="practi").first.click()
    answer(page)
    assert page.url.startswith(f"{home}learn/")


def watch(page: Page, home: str) -> None:
    """A live run: its stream, its snapshot and its parts."""
    page.goto(f"{home}experiments/mnist-16/")
    page.get_by_label("Your prediction").fill("90")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(f"{home}runs/**")
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=LAST_RESORT_MS)
    streams = page.evaluate("streams.map((stream) => stream.url)")
    assert streams
    assert all(address.startswith(f"{home}runs/") for address in streams)


def sign_in(page: Page, home: str, platform: RunningPlatform) -> None:
    """Accounts and the admin."""
    page.goto(f"{home}accounts/login/")
    page.locator("[name=login]").fill("teacher")
    page.locator("[name=password]").fill(platform.passwords["teacher"])
    page.locator("main form button").first.click()
    page.wait_for_url(f"{home}me/")
    page.goto(f"{home}admin/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Questions", exact=True).click()
    expect(page).to_have_url(f"{home}admin/quizzes/question/")
