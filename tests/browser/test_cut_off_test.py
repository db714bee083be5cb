"""The page of a test while the network, the server or the browser's storage fails."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import sheets
from tests.browser.sheets import (
    WAITING,
    begin,
    begin_with,
    expect_saved,
    flag,
    give,
    given,
    state,
    told,
)
from tests.conftest import RunningPlatform
from tests.patience import eventually

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
# A browser in which nothing can be kept, as in some private windows.
FORGETFUL = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""


def test_what_was_changed_without_a_network_comes_back_and_is_saved(
    sheet: Page, complaints: list[str]
) -> None:
    give(sheet, 1)
    expect_saved(sheet)
    sheet.context.set_offline(True)
    give(sheet, 2)
    flag(sheet, 3).check()
    expect(state(sheet)).to_have_text(WAITING)
    before = given(sheet)
    # What the browser itself says about a request that failed is no fault of the page's.
    assert {text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text} == set()
    # Loading it anew needs the network, and the old page must not save before it goes.
    sheet.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    sheet.context.set_offline(False)
    sheet.reload()
    assert given(sheet) == before
    expect(sheet.locator("[data-save-note]")).to_contain_text("is back on this page")
    expect_saved(sheet)
    expect(sheet.locator(".sheet-side")).to_contain_text("2 of 10 answered, 1 flagged")
    sheet.reload()
    assert given(sheet) == before
    expect(sheet.locator("[data-save-note]")).to_be_hidden()


def test_it_is_saved_by_itself_when_the_network_is_back(sheet: Page) -> None:
    sheet.context.set_offline(True)
    give(sheet, 1)
    expect(state(sheet)).to_have_text(WAITING)
    give(sheet, 2)
    sheet.context.set_offline(False)
    expect_saved(sheet)
    assert told(sheet) == [WAITING, "Saved."]
    before = given(sheet)
    sheet.reload()
    assert given(sheet) == before


def test_a_server_that_is_busy_is_asked_again(sheet: Page) -> None:
    refused = 0

    def refuse(route: Route) -> None:
        nonlocal refused
        refused += 1
        route.fulfill(status=503, body="busy")

    sheet.route("**/attempts/**", refuse)
    give(sheet, 1)
    expect(state(sheet)).to_have_text(WAITING)
    sheet.unroute("**/attempts/**")
    expect_saved(sheet)
    assert refused >= 1
    expect(sheet.locator(".sheet-side")).to_contain_text("1 of 10 answered")


def test_what_was_typed_last_is_there_although_the_page_was_left_at_once(
    page: Page, platform: RunningPlatform
) -> None:
    page.add_init_script(FORGETFUL)  # so that only what is sent on leaving can be there
    begin_with(page, platform, "text")
    address = page.url
    number = page.locator("[type=text][name^=choice-]").first
    number.press_sequentially("0.25")
    page.goto("about:blank")
    eventually(
        lambda: 'value="0.25"' in page.request.get(address).text(), "it was not sent on leaving"
    )
    page.goto(address)
    expect(number).to_have_value("0.25")
    expect(page.locator(".sheet-side")).to_contain_text("1 of 10 answered")


def test_where_nothing_can_be_kept_it_is_saved_all_the_same(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.add_init_script(FORGETFUL)
    begin(page, platform)
    give(page, 1)
    expect(state(page)).to_have_text(re.compile("^Saved at"))
    before = given(page)
    page.reload()
    assert given(page) == before
    assert complaints == []


def test_finishing_waits_for_the_network(sheet: Page) -> None:
    address = sheet.url
    sheet.context.set_offline(True)
    sheet.get_by_role("button", name="Finish and train").click()
    expect(state(sheet)).to_have_text(WAITING)
    assert sheet.url == address
    sheet.context.set_offline(False)
    expect_saved(sheet)
    sheet.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(sheet)


def test_a_sheet_that_was_kept_by_a_wrong_clock_is_not_forgotten(sheet: Page) -> None:
    sheet.context.set_offline(True)
    give(sheet, 1)
    expect(state(sheet)).to_have_text(WAITING)
    before = given(sheet)
    sheet.evaluate("""() => {
      window.fetch = () => new Promise(() => {});
      for (const [key, text] of Object.entries(localStorage)) {
        localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), at: 0 }));
      }
    }""")
    sheet.context.set_offline(False)
    sheet.reload()
    assert given(sheet) == before


def test_many_changes_without_a_network_are_all_of_this_page(sheet: Page) -> None:
    for turn in range(30):
        with sheet.expect_response("**/attempts/**"):
            flag(sheet, 1).set_checked(turn % 2 == 0)
        expect_saved(sheet)
    give(sheet, 1)
    expect_saved(sheet)
    sheet.context.set_offline(True)
    for turn in range(30):
        with sheet.expect_event("requestfailed"):
            flag(sheet, 1).set_checked(turn % 2 == 0)
    give(sheet, 2)
    sheet.context.set_offline(False)
    expect_saved(sheet)
    expect(sheet.locator(".sheet-side")).to_contain_text("2 of 10 answered")


@pytest.mark.parametrize("questions", ['{"1": {}}', '{"1": null}', '{"1": {"fields": 1}}', "7"])
def test_what_the_browser_keeps_in_another_shape_is_passed_over(
    sheet: Page, complaints: list[str], questions: str
) -> None:
    name = f"weightwise-sheet-{sheet.url.split('/')[-2]}"
    kept = f'{{"questions": {questions}, "at": 1}}'
    sheet.evaluate("([name, kept]) => localStorage.setItem(name, kept)", [name, kept])
    sheet.reload()
    give(sheet, 1)
    expect_saved(sheet)
    assert complaints == []
