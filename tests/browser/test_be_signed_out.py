"""Signed out in the midst of a test: it is said, and nothing that was answered is lost."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.sheets import TEST, begin, expect_saved, give, given, state
from tests.browser.steps import sign_up
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
GUESTS = (
    "This test is a guest’s: move it to your account to continue."
    " Your answers are kept in this browser."
)
KEPT = "You are signed out. Your answers are kept in this browser."


@pytest.fixture
def member(browser: Browser, platform: RunningPlatform) -> str:
    """The name of somebody new: a test that another has left open is not theirs."""
    with browser.new_page() as page:
        page.goto(platform.url("/accounts/signup/"))
        return sign_up(page)


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Login").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.fixture
def sheet(page: Page, platform: RunningPlatform, member: str) -> Page:
    """A member's test with an answer that is saved and one that is not: the session has ended."""
    page.goto(platform.url("/accounts/login/"))
    sign_in(page, member)
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    page.context.clear_cookies(name="sessionid")
    give(page, 2)
    expect(state(page)).to_have_text(KEPT)
    return page


def test_the_sheet_leads_to_sign_in_and_saves_afterwards(
    sheet: Page, platform: RunningPlatform, member: str
) -> None:
    expect(sheet.locator(".sheet-side")).to_contain_text("1 of 10 saved")
    address, before = sheet.url, given(sheet)
    wrong = violations(sheet) + too_wide(sheet)
    sheet.get_by_role("link", name="Sign in, and continue here").click()
    sign_in(sheet, member)
    expect(sheet).to_have_url(address)
    assert given(sheet) == before
    expect_saved(sheet)
    expect(sheet.locator(".sheet-side")).to_contain_text("2 of 10 answered")
    sheet.reload()
    assert given(sheet) == before
    assert wrong == []


def test_what_was_finished_while_signed_out_is_sent_by_one_press_after_signing_in(
    sheet: Page, platform: RunningPlatform, member: str
) -> None:
    sheet.get_by_role("button", name="Finish").click()
    expect(sheet.get_by_role("heading", level=1)).to_have_text("You are signed out")
    expect(sheet).to_have_title("You are signed out – Weightwise")
    sign_in_elsewhere(sheet, platform, member)
    wrong = violations(sheet) + too_wide(sheet)
    sheet.get_by_role("button", name="Send it again").click()
    expect(sheet.get_by_role("heading", name="Every question reviewed")).to_be_visible()
    assert wrong == []


# Not of the topic whose test is open: practice explains nothing that an open test asks.
PRACTICE = "/learn/why-training-updates-weights/practice/"
CHECK = "Check the answer"


def note(page: Page) -> Locator:
    return page.locator("#ask [data-request-failed]")


def sign_in_elsewhere(page: Page, platform: RunningPlatform, name: str) -> None:
    with page.context.new_page() as other:
        other.goto(platform.url("/accounts/login/"))
        sign_in(other, name)


def test_practice_says_that_one_is_signed_out_and_goes_on_after_signing_in(
    page: Page, platform: RunningPlatform, member: str
) -> None:
    page.goto(platform.url("/accounts/login/"))
    sign_in(page, member)
    page.goto(platform.url(f"{PRACTICE}1/"))
    page.get_by_role("radio").nth(1).check()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name=CHECK).click()
    expect(note(page)).to_contain_text("You are signed out, so this was not accepted.")
    expect(note(page).get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    wrong = violations(page) + too_wide(page)
    sign_in_elsewhere(page, platform, member)
    page.get_by_role("button", name=CHECK).click()
    expect(note(page)).to_contain_text("it counts for the account of ")
    page.get_by_role("button", name=CHECK).click()
    expect(page.locator(".verdict")).to_contain_text("ight")
    assert wrong == []


def test_practice_of_a_guest_who_has_signed_in_elsewhere_says_for_whom_it_counts(
    page: Page, platform: RunningPlatform, member: str
) -> None:
    page.goto(platform.url(f"{PRACTICE}2/"))
    page.get_by_role("radio").nth(0).check()
    sign_in_elsewhere(page, platform, member)
    page.get_by_role("button", name=CHECK).click()
    expect(note(page)).to_contain_text("You have signed in or out in another tab")
    expect(note(page)).to_contain_text("it counts for the account of ")
    expect(note(page)).not_to_contain_text("did not reach the server")
    expect(page.get_by_role("radio").nth(0)).to_be_checked()
    page.get_by_role("button", name=CHECK).click()
    expect(page.locator(".verdict")).to_contain_text("ight")
    expect(note(page)).to_be_hidden()


def test_a_refusal_of_practice_stands_where_it_was_sent_from(
    page: Page, platform: RunningPlatform
) -> None:
    page.goto(platform.url(f"{PRACTICE}1/"))
    page.get_by_role("button", name=CHECK).click()
    expect(page.locator("#ask .error:visible")).to_contain_text("Choose an option first")
    expect(note(page)).to_be_hidden()


def sign_up_elsewhere(page: Page, platform: RunningPlatform) -> None:
    with page.context.new_page() as other:
        other.goto(platform.url("/accounts/signup/"))
        sign_up(other)


def test_a_guests_sheet_leads_to_the_account_that_was_made_meanwhile(
    page: Page, platform: RunningPlatform
) -> None:
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    sign_up_elsewhere(page, platform)
    give(page, 2)
    expect(state(page)).to_have_text(GUESTS)
    give(page, 3)
    expect(state(page)).to_have_text(GUESTS)
    address, before = page.url, given(page)
    wrong = violations(page) + too_wide(page)
    page.get_by_role("link", name="Move it, and continue here").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This test is a guest’s")
    wrong += violations(page) + too_wide(page)
    page.get_by_role("button", name="Yes, move it to my account").click()
    expect(page).to_have_url(address)
    assert given(page) == before
    expect_saved(page)
    assert wrong == []


def test_a_sheet_of_another_account_is_kept_until_that_is_signed_in_again(
    sheet: Page, platform: RunningPlatform, member: str
) -> None:
    sign_up_elsewhere(sheet, platform)
    sheet.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(state(sheet)).to_contain_text("the account that is signed in here now has no such test")
    expect(sheet.get_by_role("link", name="Reload")).to_be_hidden()
    wrong = violations(sheet) + too_wide(sheet)
    sheet.context.clear_cookies(name="sessionid")
    sign_in_elsewhere(sheet, platform, member)
    sheet.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_saved(sheet)
    assert wrong == []


@pytest.mark.parametrize("gone", ["sessionid", None], ids=["session", "all cookies"])
def test_a_guest_whom_the_browser_has_forgotten_is_told_what_is_possible(
    page: Page, platform: RunningPlatform, gone: str | None
) -> None:
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    page.context.clear_cookies(name=gone)
    give(page, 2)
    expect(state(page)).to_contain_text("If not, it can no longer be saved")
    expect(state(page)).not_to_contain_text("Reload")
    expect(page.get_by_role("link", name="Reload")).to_be_hidden()
    wrong = violations(page) + too_wide(page)
    page.get_by_role("link", name="Begin a new test").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("est")
    assert page.url == platform.url(TEST)
    assert wrong == []


def test_a_sheet_that_was_moved_to_an_account_is_saved_once_that_is_signed_in_again(
    page: Page, platform: RunningPlatform
) -> None:
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    with page.context.new_page() as other:
        other.goto(platform.url("/accounts/signup/"))
        name = sign_up(other)
        other.get_by_role("button", name="Yes, move it to my account").click()
        expect(other.get_by_role("button", name="Yes, move it")).to_have_count(0)
    page.context.clear_cookies(name="sessionid")
    give(page, 2)
    expect(state(page)).to_contain_text("If you moved this test to an account, sign in to go on")
    expect(state(page)).not_to_contain_text("no longer knows you")
    before = given(page)
    wrong = violations(page) + too_wide(page)
    page.get_by_role("link", name="Sign in, and continue here").click()
    sign_in(page, name)
    assert given(page) == before
    expect_saved(page)
    expect(page.locator(".sheet-side")).to_contain_text("2 of 10 answered")
    assert wrong == []


def test_a_sheet_looks_again_when_one_comes_back_to_its_window(
    page: Page, platform: RunningPlatform
) -> None:
    sign_up_elsewhere(page, platform)
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    session = next(one for one in page.context.cookies() if one["name"] == "sessionid")
    page.context.clear_cookies(name="sessionid")
    give(page, 2)
    expect(state(page)).to_have_text(KEPT)
    page.context.add_cookies(
        [{"name": "sessionid", "value": session["value"], "url": platform.address}]
    )
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_saved(page)
