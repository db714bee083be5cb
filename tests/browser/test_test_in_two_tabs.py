"""One test open in two tabs: the one that has been overtaken undoes nothing."""

from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser import sheets
from tests.browser.sheets import WAITING, expect_saved, give, given, state

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


def sends(number: int, request: Request) -> bool:
    """Whether the request is a save of this question."""
    return f"asked-{number}=" in (request.post_data or "")


def test_of_two_tabs_the_overtaken_one_is_told_and_stops(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    give(sheet, 1)
    expect_saved(sheet)
    give(other, 2)
    expect(state(other)).to_have_text("Changed in another tab: this page stopped saving.")
    expect(sheets.field(other, 2)).to_be_disabled()
    expect(sheets.field(other, 2)).to_be_visible()
    other.get_by_role("link", name="Reload").click()
    expect(other.locator("[data-save-note]")).to_contain_text("was dropped")
    assert given(other) == given(sheet)
    give(other, 3)
    expect_saved(other)
    give(sheet, 4)
    expect(state(sheet)).to_contain_text("this page stopped saving")


def test_leaving_an_overtaken_tab_undoes_nothing(sheet: Page) -> None:
    give(sheet, 1)
    expect_saved(sheet)
    other = sheet.context.new_page()
    other.goto(sheet.url)
    give(other, 1, text="8", option=1)
    expect_saved(other)
    sheet.get_by_role("button", name="Save and go on later").click()
    expect(sheet.locator(".messages")).to_contain_text("changed in another tab")
    assert given(sheet) == given(other)
    sheet.get_by_role("button", name="Save and go on later").click()
    sheet.wait_for_url("**/me/")


def test_gone_back_to_as_it_was_left_it_reads_itself_anew(sheet: Page) -> None:
    give(sheet, 1)
    expect_saved(sheet)
    with sheet.expect_navigation():
        sheet.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert len(given(sheet)) == 1


def test_one_that_was_long_cut_off_does_not_undo_the_other(sheet: Page, browser: Browser) -> None:
    elsewhere = browser.new_context(storage_state=sheet.context.storage_state())
    other = elsewhere.new_page()
    other.goto(sheet.url)
    sheet.context.set_offline(True)
    for number in (1, 2, 3):
        with sheet.expect_event("requestfailed", partial(sends, number)):
            give(sheet, number)
        expect(state(sheet)).to_have_text(WAITING)
    give(other, 4)
    expect_saved(other)
    sheet.context.set_offline(False)
    expect(state(sheet)).to_contain_text("this page stopped saving")
    other.reload()
    expect(other.locator(".sheet-side")).to_contain_text("1 of 10 answered")
    elsewhere.close()


def test_finished_in_another_tab_it_goes_to_the_result(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    other.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(other)
    # By a key: `check` would look for its option again, on a page that is leaving.
    first = sheets.field(sheet, 1)
    first.press("7" if first.get_attribute("type") == "text" else "Space")
    sheets.expect_result(sheet)
    assert sheets.kept_here(sheet) == 0
