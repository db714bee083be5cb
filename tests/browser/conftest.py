"""Fixtures of the browser tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.sheets import LISTEN, begin
from tests.conftest import RunningPlatform, run_pages
from tests.patience import LAST_RESORT_MS


@pytest.fixture(scope="session", autouse=True)
def patience(browser: Browser) -> None:
    """Pages and expectations wait for their states as long as everything else does."""
    expect.set_options(timeout=LAST_RESORT_MS)
    browser.on("context", lambda context: context.set_default_timeout(LAST_RESORT_MS))


@pytest.fixture(scope="session")
def teachers_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """Pages whose course and settings a teacher may change; what is trained is not looked at."""
    with run_pages(tmp_path_factory.mktemp("teachers-platform")) as running:
        yield running


@pytest.fixture
def sheet(page: Page, platform: RunningPlatform) -> Page:
    """A test that has just begun; `sheets.told` has what its page announces."""
    page.add_init_script(LISTEN)
    begin(page, platform)
    return page


@pytest.fixture
def plain_sheet(browser: Browser, platform: RunningPlatform) -> Iterator[Page]:
    """A test that has just begun, without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    begin(page, platform)
    yield page
    context.close()
