"""One test open in two tabs: the one that has been overtaken undoes nothing."""

from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser import sheets
from tests.browser.sheets import WAITING, expect_saved, give, given, state

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


# As if another window was put before it.
HIDE = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
  delete document.hidden;
}"""


def sends(number: int, request: Request) -> bool:
    """Whether the request is a save of this question."""
    return f"asked-{number}=" in (request.post_data or "")


def test_of_two_tabs_the_overtaken_one_is_told_and_stops(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    give(sheet, 1)
    expect_saved(sheet)
    give(other, 2)
    expect(state(other)).to_have_text(
        "Saved. But question 1 was changed in another tab or browser. This page stopped saving."
    )
    expect(sheets.field(other, 2)).to_be_disabled()
    expect(sheets.field(other, 2)).to_be_visible()
    other.get_by_role("link", name="Reload").click()
    expect(other.locator(".sheet-side")).to_contain_text("2 of 10 answered")
    expect(other.locator("[data-save-note]")).to_be_hidden()
    give(other, 3)
    expect_saved(other)
    give(sheet, 4)
    expect(state(sheet)).to_contain_text("Saved. But questions 2 and 3 were changed")


def test_the_newer_answer_to_a_question_stays_and_the_other_tab_is_told_which(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    give(sheet, 1)
    expect_saved(sheet)
    give(other, 1, text="8", option=1)
    expect(state(other)).to_contain_text("Not saved: question 1 was changed in another tab")
    other.get_by_role("link", name="Reload").click()
    expect(other.locator("[data-save-note]")).to_contain_text("changed elsewhere meanwhile: 1.")
    assert given(other) == given(sheet)


def test_a_page_is_not_overtaken_by_its_own_later_save(sheet: Page) -> None:
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    sheet.route("**/attempts/**", hold_first)
    give(sheet, 1)
    with sheet.expect_response("**/attempts/**"):
        give(sheet, 2)
        sheet.evaluate(HIDE)
    with sheet.expect_response("**/attempts/**"):
        held[0].continue_()
    expect_saved(sheet)
    give(sheet, 3)
    expect_saved(sheet)
    expect(sheet.locator(".sheet-side")).to_contain_text("3 of 10 answered")


def test_what_a_closed_tab_could_not_save_comes_back_in_the_other(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    sheet.context.set_offline(True)
    give(other, 2)
    expect(state(other)).to_have_text(WAITING)
    give(sheet, 3)
    expect(state(sheet)).to_have_text(WAITING)
    other.close()
    sheet.context.set_offline(False)
    expect(state(sheet)).to_contain_text("Saved")
    sheet.reload()
    expect(sheet.locator("[data-save-note]")).to_contain_text("is back on this page")
    expect_saved(sheet)
    expect(sheet.locator(".sheet-side")).to_contain_text("2 of 10 answered")


def test_leaving_an_overtaken_tab_undoes_nothing(sheet: Page) -> None:
    give(sheet, 1)
    expect_saved(sheet)
    other = sheet.context.new_page()
    other.goto(sheet.url)
    give(other, 1, text="8", option=1)
    expect_saved(other)
    sheet.get_by_role("button", name="Save and continue later").click()
    expect(sheet.locator(".messages")).to_contain_text("changed in another tab")
    assert given(sheet) == given(other)
    sheet.get_by_role("button", name="Save and continue later").click()
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
    cut_off(sheet, 1, 2, 3)
    give(other, 1, text="8", option=1)
    expect_saved(other)
    sheet.context.set_offline(False)
    expect(state(sheet)).to_contain_text("Not saved: question 1 was changed")
    other.reload()
    expect(other.locator(".sheet-side")).to_contain_text("3 of 10 answered")
    sheet.reload()
    assert given(sheet) == given(other)
    elsewhere.close()


def test_what_came_back_undoes_nothing_that_was_changed_elsewhere_meanwhile(
    sheet: Page, browser: Browser
) -> None:
    elsewhere = browser.new_context(storage_state=sheet.context.storage_state())
    other = elsewhere.new_page()
    other.goto(sheet.url)
    cut_off(sheet, 1, 2)
    for number in (2, 3):
        give(other, number, text="8", option=1)
        expect_saved(other)
    # Nothing is to be sent before the page goes.
    sheet.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    sheet.context.set_offline(False)
    sheet.reload()
    expect(sheet.locator("[data-save-note]")).to_contain_text("changed elsewhere meanwhile: 2.")
    expect_saved(sheet)
    other.reload()
    expect(other.locator(".sheet-side")).to_contain_text("3 of 10 answered")
    assert given(sheet) == given(other)
    elsewhere.close()


def cut_off(page: Page, *numbers: int) -> None:
    """Without a network the page answers these questions, and tries to save each."""
    page.context.set_offline(True)
    for number in numbers:
        with page.expect_event("requestfailed", partial(sends, number)):
            give(page, number)
        expect(state(page)).to_have_text(WAITING)


def test_finished_in_another_tab_it_goes_to_the_result(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    other.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(other)
    # By a key: `check` would look for its option again, on a page that is leaving.
    first = sheets.field(sheet, 1)
    first.press("7" if first.get_attribute("type") == "text" else "Space")
    sheets.expect_result(sheet)
    expect(sheet.locator(".messages")).to_contain_text("Not counted: what you sent for question 1.")
    assert sheets.kept_here(sheet) == 0
