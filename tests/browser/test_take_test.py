"""The page of a test: saved as one goes, cut off, in two tabs, against the clock, by keyboard."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import sheets
from tests.browser.sheets import (
    QUESTIONS,
    begin,
    begin_with,
    expect_saved,
    flag,
    give,
    given,
    state,
)
from tests.conftest import RunningPlatform
from tests.patience import eventually

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
NARROW = {"width": 360, "height": 740}
# Keeps what the page tells a screen reader, in order.
LISTEN = """
addEventListener("DOMContentLoaded", () => {
  window.told = [];
  for (const region of document.querySelectorAll("[role=status]")) {
    new MutationObserver(() => window.told.push(region.textContent))
      .observe(region, { childList: true });
  }
});
"""
# A browser in which nothing can be kept, as in some private windows.
FORGETFUL = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("denied", "SecurityError"); },
});"""
WAITING = "Not saved yet: no connection; trying again"


@pytest.fixture
def sheet(page: Page, platform: RunningPlatform) -> Page:
    page.add_init_script(LISTEN)
    begin(page, platform)
    return page


@pytest.fixture
def plain_sheet(browser: Browser, platform: RunningPlatform) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    begin(page, platform)
    yield page
    context.close()


def told(page: Page) -> list[str]:
    words: list[str] = page.evaluate("told.filter(Boolean)")
    return words


def navigator(page: Page, number: int) -> str:
    """What the navigator says about a question."""
    return page.locator(f".pager [href='#question-{number}']").inner_text()


def test_answers_of_every_kind_survive_a_reload(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    sheet = page
    begin_with(sheet, platform, "radio", "checkbox", "text")
    for number in range(1, QUESTIONS + 1):
        give(sheet, number)
    expect_saved(sheet)
    before = given(sheet)
    expect(sheet.locator(".pager a.answered")).to_have_count(QUESTIONS)
    sheet.reload()
    assert given(sheet) == before
    assert len(before) == QUESTIONS
    expect(sheet.locator(".sheet-side")).to_contain_text("10 of 10 answered, 0 flagged")
    assert complaints == []


def test_it_is_told_once_that_it_is_saved(sheet: Page) -> None:
    for number in (1, 2, 3):
        give(sheet, number)
        expect_saved(sheet)
    assert told(sheet) == ["Saved."]


def test_what_is_no_number_is_told_beside_it_once(page: Page, platform: RunningPlatform) -> None:
    page.add_init_script(LISTEN)
    begin_with(page, platform, "text")
    number = page.locator("[type=text][name^=choice-]").first
    beside = page.locator(".number-field .error").first
    number.fill("1,5x")
    expect(beside).to_contain_text("This is no number yet")
    expect(number).to_have_accessible_description(re.compile("This is no number yet"))
    expect(page.locator(".sheet-side")).to_contain_text("0 of 10 answered")
    number.fill("1.5x")
    expect_saved(page)
    assert [text.strip() for text in told(page) if "no number" in text] == [
        "This is no number yet, so the question is not answered."
    ]
    page.reload()
    expect(beside).to_contain_text("This is no number yet")
    number.fill("1.5")
    expect(page.locator(".sheet-side")).to_contain_text("1 of 10 answered")
    expect(beside).to_be_empty()


def test_an_emptied_box_stays_empty(page: Page, platform: RunningPlatform) -> None:
    begin_with(page, platform, "checkbox")
    box = page.locator("[type=checkbox][name^=choice-]").first
    box.check()
    expect_saved(page)
    box.uncheck()
    expect(page.locator(".sheet-side")).to_contain_text("0 of 10 answered")
    page.reload()
    expect(box).not_to_be_checked()


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


def test_whoever_leaves_an_overtaken_tab_undoes_nothing(sheet: Page) -> None:
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
        give(sheet, number)
        expect(state(sheet)).to_have_text(WAITING)
        sheet.wait_for_timeout(600)  # as long as it takes to send what was written
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


def test_a_flag_is_in_the_navigator_and_stays(sheet: Page) -> None:
    flag(sheet, 4).check()
    expect_saved(sheet)
    assert "not answered, flagged" in " ".join(navigator(sheet, 4).split())
    expect(sheet.locator(".finish [data-part=open]")).to_contain_text(
        "10 of 10 not answered yet, 1 flagged"
    )
    sheet.reload()
    expect(flag(sheet, 4)).to_be_checked()
    flag(sheet, 4).uncheck()
    expect(sheet.locator(".sheet-side")).to_contain_text("0 flagged")


def test_a_flag_without_javascript(plain_sheet: Page) -> None:
    flag(plain_sheet, 2).check()
    plain_sheet.get_by_role("button", name="Save", exact=True).click()
    expect(flag(plain_sheet, 2)).to_be_checked()
    expect(plain_sheet.locator(".sheet-side")).to_contain_text("0 of 10 answered, 1 flagged")


def test_by_keyboard(sheet: Page) -> None:
    sheet.locator(".pager [href='#question-7']").focus()
    sheet.keyboard.press("Enter")
    expect(sheet.locator("#question-7")).to_be_focused()
    sheet.keyboard.press("Tab")
    expect(sheet.locator("#question-7 :focus")).to_have_count(1)
    flag(sheet, 7).focus()
    sheet.keyboard.press("Space")
    expect_saved(sheet)
    sheet.locator(".pager [href='#question-7']").focus()
    flag(sheet, 1).evaluate("box => box.click()")
    expect(sheet.locator(".sheet-side")).to_contain_text("2 flagged")
    expect(sheet.locator(".pager [href='#question-7']")).to_be_focused()


@pytest.mark.parametrize("size", [NARROW, {"width": 640, "height": 450}], ids=["phone", "200 %"])
def test_on_a_narrow_page_nothing_is_covered(sheet: Page, size: dict[str, int]) -> None:
    sheet.set_viewport_size(size)  # type: ignore[arg-type]  # the stub wants its own TypedDict
    assert sheet.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for target in (sheet.locator(".look-again").first, sheet.locator(".pager a").first):
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    sheet.locator(".pager [href='#question-5']").click()
    covered = """() => {
      const card = document.querySelector("#question-5").getBoundingClientRect();
      const bar = document.querySelector(".sheet-bar").getBoundingClientRect();
      return bar.bottom > card.top;
    }"""
    assert not sheet.evaluate(covered)


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
    expect(sheet.locator("main")).to_contain_text("The time was up")
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
        re.compile(r"The time is up at \d\d:\d\d UTC, ")
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
