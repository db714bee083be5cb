"""Signed out in the midst of a test: it is said, and nothing that was answered is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.sheets import begin, expect_saved, give, given, state
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
KEPT = "You are signed out. Your answers are kept in this browser."


def sign_in(page: Page, platform: RunningPlatform) -> None:
    page.get_by_label("Login").fill("student")
    page.get_by_label("Password").fill(platform.passwords["student"])
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture
def sheet(page: Page, platform: RunningPlatform) -> Page:
    """A member's test with an answer that is saved and one that is not: the session has ended."""
    page.goto(platform.url("/accounts/login/"))
    sign_in(page, platform)
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    page.context.clear_cookies(name="sessionid")
    give(page, 2)
    expect(state(page)).to_have_text(KEPT)
    return page


def test_the_sheet_leads_to_sign_in_and_saves_afterwards(
    sheet: Page, platform: RunningPlatform
) -> None:
    address, before = sheet.url, given(sheet)
    wrong = violations(sheet) + too_wide(sheet)
    sheet.get_by_role("link", name="Sign in, and go on here").click()
    sign_in(sheet, platform)
    expect(sheet).to_have_url(address)
    assert given(sheet) == before
    expect_saved(sheet)
    sheet.reload()
    assert given(sheet) == before
    assert wrong == []
