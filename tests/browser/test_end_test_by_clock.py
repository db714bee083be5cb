"""The time that is left in a test, on machines whose clocks are wrong or stood still."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sheets
from tests.browser.sheets import begin, expect_saved, give, told
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


# A machine that sleeps: the page's clock stands still, the wall clock goes on, and no timer fires.
SLEEP = """seconds => {
  const now = Date.now.bind(Date);
  Date.now = () => now() + seconds * 1000;
}"""
BACK = """() => document.dispatchEvent(new Event("visibilitychange"))"""


# Of 50 minutes, so that a slow machine has ten before the page shows something else.
LESS_THAN_50_MINUTES = re.compile(r"^Time left: (50:00|4\d:\d\d)$")


def is_told(sheet: Page, platform: RunningPlatform, seconds: float) -> None:
    """Sets the end, and lets the page ask for it: no page has to be loaded in that time."""
    sheets.expire_in(sheet, platform, seconds)
    sheet.evaluate(BACK)


def test_when_the_time_is_up_it_ends_by_itself(sheet: Page, platform: RunningPlatform) -> None:
    sheets.expire_in(sheet, platform, 3000)
    sheet.reload()
    expect(sheet.locator("[data-time-left]")).to_have_text(LESS_THAN_50_MINUTES)
    give(sheet, 1)
    expect_saved(sheet)
    is_told(sheet, platform, 8)
    sheets.expect_result(sheet)
    expect(sheet.locator("main")).to_contain_text("Time ran out")
    expect(sheet.locator(".review .question").first).to_be_visible()


def test_a_prediction_that_is_refused_does_not_hold_up_the_end(
    sheet: Page, platform: RunningPlatform
) -> None:
    sheets.expire_in(sheet, platform, 3000)
    sheet.reload()
    sheet.get_by_label("Your prediction").fill("500")
    is_told(sheet, platform, 8)
    sheets.expect_result(sheet)


def test_the_time_is_told_at_one_minute(sheet: Page, platform: RunningPlatform) -> None:
    sheets.expire_in(sheet, platform, 290)
    sheet.reload()
    is_told(sheet, platform, 63)
    expect(sheet.locator("[data-time-said]")).to_have_text("1 minute left.")
    assert told(sheet) == ["1 minute left."]


def test_without_javascript_the_end_is_printed(
    plain_sheet: Page, platform: RunningPlatform
) -> None:
    sheets.expire_in(plain_sheet, platform, 600)
    plain_sheet.reload()
    expect(plain_sheet.locator(".time-until")).to_have_text(
        re.compile(r"Time is up at \d\d:\d\d UTC, ")
    )
    expect(plain_sheet.locator("[data-time-left]")).to_be_hidden()


def seconds_left(sheet: Page) -> int:
    """What the page says is left."""
    text = sheet.locator("[data-time-left]").inner_text().removeprefix("Time left: ")
    seconds = 0
    for part in text.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


@pytest.mark.parametrize("hours", [-5, 5], ids=["slow", "fast"])
def test_a_machine_whose_clock_is_wrong_counts_as_the_server_does(
    page: Page, platform: RunningPlatform, hours: int
) -> None:
    page.add_init_script(f"({SLEEP})({hours * 3600})")
    begin(page, platform)
    sheets.expire_in(page, platform, 3000)
    page.reload()
    expect(page.locator("[data-time-left]")).to_have_text(LESS_THAN_50_MINUTES)


def test_a_machine_that_slept_is_told_the_time_that_is_left(
    sheet: Page, platform: RunningPlatform
) -> None:
    """Its clock stood still: what the page counts is more than there is."""
    sheets.expire_in(sheet, platform, 7000)
    sheet.reload()
    assert seconds_left(sheet) > 6000
    is_told(sheet, platform, 3000)
    expect(sheet.locator("[data-time-left]")).to_have_text(LESS_THAN_50_MINUTES)


def test_a_clock_that_was_set_forward_ends_no_test(sheet: Page, platform: RunningPlatform) -> None:
    sheets.expire_in(sheet, platform, 3000)
    sheet.reload()
    with sheet.expect_response("**/*part=time*"):
        sheet.evaluate(SLEEP, 36000)
    expect(sheet.locator("[data-time-left]")).to_have_text(LESS_THAN_50_MINUTES)
    give(sheet, 1)
    expect_saved(sheet)
    assert not sheet.url.endswith("/result/")


def test_every_save_corrects_the_time(sheet: Page, platform: RunningPlatform) -> None:
    sheets.expire_in(sheet, platform, 3000)
    sheet.reload()
    sheets.expire_in(sheet, platform, 600)
    give(sheet, 1)
    expect_saved(sheet)
    assert seconds_left(sheet) <= 600


def test_a_machine_that_slept_past_the_end_comes_to_its_result(
    sheet: Page, platform: RunningPlatform
) -> None:
    sheets.expire_in(sheet, platform, 3000)
    sheet.reload()
    is_told(sheet, platform, -1)
    sheets.expect_result(sheet)
