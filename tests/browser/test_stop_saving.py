"""A page of a test that has stopped saving tells nothing that it no longer knows."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sheets
from tests.browser.sheets import begin, expect_saved, field, give, state
from tests.browser.steps import sign_up
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
COUNTED = re.compile(r"\b(not )?answered|\d+ (of \d+ )?(saved|flagged)")


@pytest.fixture
def overtaken(sheet: Page) -> Page:
    """A page of the test of `sheet`, where two answers were saved since."""
    other = sheet.context.new_page()
    other.goto(sheet.url)
    for number in (1, 2):
        give(sheet, number)
        expect_saved(sheet)
    expect(other.get_by_text(COUNTED).first).to_be_visible()
    give(other, 2, text="8", option=1)
    expect(state(other)).to_contain_text("question 2 was changed in another tab")
    expect(state(other)).to_contain_text("This page stopped saving.")
    return other


def come_back(page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_no_count_stands_beside_that(sheet: Page, overtaken: Page) -> None:
    expect(overtaken.get_by_text(COUNTED).filter(visible=True)).to_have_count(0)
    expect(overtaken.locator(".pager .icon").filter(visible=True)).to_have_count(0)
    wrong = too_wide(overtaken)
    overtaken.get_by_role("link", name="Reload").click()
    expect(overtaken.locator(".sheet-side")).to_contain_text("2 of 10 answered")
    assert wrong == []


def test_it_says_that_the_test_has_ended_and_leads_to_its_result(
    sheet: Page, overtaken: Page
) -> None:
    come_back(overtaken)
    sheet.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(sheet)
    expect(state(overtaken)).to_contain_text("This page stopped saving.")
    come_back(overtaken)
    expect(state(overtaken)).to_have_text("This test has ended, and takes no more answers.")
    expect(overtaken.get_by_role("link", name="Reload")).to_be_hidden()
    wrong = too_wide(overtaken)
    overtaken.get_by_role("link", name="See its result").click()
    sheets.expect_result(overtaken)
    assert wrong == []


def test_a_guests_page_leads_to_the_result_of_what_was_moved_and_finished(
    page: Page, platform: RunningPlatform
) -> None:
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    with page.context.new_page() as other:
        other.goto(platform.url("/accounts/signup/"))
        sign_up(other)
        other.get_by_role("button", name="Yes, move it to my account").click()
        other.goto(page.url)
        other.get_by_role("button", name="Finish and train").click()
        sheets.expect_result(other)
    # By a key: `check` would look for its option again, on a page that is leaving.
    second = field(page, 2)
    second.press("7" if second.get_attribute("type") == "text" else "Space")
    sheets.expect_result(page)
    expect(page.locator(".messages")).to_contain_text("Not counted: what you sent for question 2.")
