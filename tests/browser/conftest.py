"""Fixtures of the browser tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import RunningPlatform, run_platform
from tests.patience import LAST_RESORT_MS


@pytest.fixture(scope="session", autouse=True)
def patience(browser: Browser) -> None:
    """Pages and expectations wait for their states as long as everything else does."""
    expect.set_options(timeout=LAST_RESORT_MS)
    browser.on("context", lambda context: context.set_default_timeout(LAST_RESORT_MS))


@pytest.fixture(scope="session")
def teachers_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform whose course and settings a teacher may change."""
    with run_platform(tmp_path_factory.mktemp("teachers-platform")) as running:
        yield running
