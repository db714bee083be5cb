"""The page of a test: saved as one goes, flagged, by keyboard, on a narrow screen."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sheets import (
    LISTEN,
    QUESTIONS,
    begin_with,
    expect_saved,
    flag,
    give,
    given,
    told,
)
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
NARROW = {"width": 360, "height": 740}


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
    expect(beside).to_contain_text("This is not a number yet")
    expect(number).to_have_accessible_description(re.compile("This is not a number yet"))
    expect(page.locator(".sheet-side")).to_contain_text("0 of 10 answered")
    number.fill("1.5x")
    expect_saved(page)
    assert [text.strip() for text in told(page) if "not a number" in text] == [
        "This is not a number yet, so the question is not answered."
    ]
    page.reload()
    expect(beside).to_contain_text("This is not a number yet")
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
