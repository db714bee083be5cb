"""Moments are told in the reader's zone, which is named; without JavaScript in UTC."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.teachers import sign_in
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
RUNS = "/admin/training_jobs/run/"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def reader(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser in Kathmandu, five hours and three quarters ahead of UTC."""
    context = browser.new_context(
        timezone_id="Asia/Kathmandu", java_script_enabled=bool(request.param)
    )
    yield context.new_page()
    context.close()


def test_the_admin_tells_them_as_the_site_does(
    reader: Page, teachers_platform: RunningPlatform, request: pytest.FixtureRequest
) -> None:
    sign_in(reader, teachers_platform)
    reader.goto(teachers_platform.url(RUNS))
    first = reader.locator("td.field-created_at time").first
    zone = r"GMT\+5:45" if "no script" not in request.node.name else "UTC"
    expect(first).to_have_text(re.compile(rf"^\d{{1,2}} \w+ 20\d\d, \d\d:\d\d {zone}$"))
    assert (first.get_attribute("datetime") or "").endswith("+00:00")


def test_what_is_drawn_later_is_told_in_the_same_way(
    browser: Browser, teachers_platform: RunningPlatform
) -> None:
    context = browser.new_context(timezone_id="Asia/Kathmandu")
    page = context.new_page()
    page.goto(teachers_platform.url("/"))
    page.evaluate(
        """() => {
          const time = document.createElement("time");
          time.dateTime = "2026-12-31T19:30:00+00:00";
          time.dataset.moment = "minute";
          time.textContent = "31 Dec 2026, 19:30 UTC";
          document.querySelector("main").append(time);
        }"""
    )
    expect(page.locator("main time").last).to_have_text("1 Jan 2027, 01:15 GMT+5:45")
    context.close()
