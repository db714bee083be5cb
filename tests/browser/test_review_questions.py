"""Missed questions come back: reviewed by keyboard, without JavaScript, and held against axe."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import violations_in_light_and_dark
from tests.browser.sheets import QUESTIONS, begin, expect_result, give
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
NEXT = re.compile(r"/me/review/(#ask)?$")  # the address leads to the question, where there is one
A_DAY_LATER = """
UPDATE quizzes_recall SET at = strftime('%Y-%m-%d %H:%M:%f', at, '-1 day', '-1 minute');
UPDATE quizzes_card SET due_at = strftime('%Y-%m-%d %H:%M:%f', due_at, '-1 day', '-1 minute');
"""


def miss_some(page: Page, platform: RunningPlatform) -> None:
    """Finishes a test with whatever stands first, a day ago."""
    begin(page, platform)
    for number in range(1, QUESTIONS + 1):
        give(page, number)
    page.get_by_role("button", name="Finish and train").click()
    expect_result(page)
    with platform.connect() as connection:
        connection.executescript(A_DAY_LATER)


def answer_by_keyboard(page: Page) -> None:
    """Gives some answer to the question on the page, and checks it."""
    field = page.locator("[name=choice]").first
    field.focus()
    if field.get_attribute("type") == "text":
        page.keyboard.type("7")
    else:
        page.keyboard.press("Space")
    button = page.get_by_role("button", name="Check the answer")
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")


def test_due_questions_are_reviewed_by_keyboard(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    miss_some(page, platform)
    page.goto(platform.url("/me/"))
    page.get_by_role("link", name=re.compile("^Review (it|them)")).focus()
    page.keyboard.press("Enter")
    due = page.get_by_text(re.compile(r"\d+ questions? due"))
    expect(due).to_be_visible()
    left = int(re.findall(r"\d+", due.inner_text())[0])
    for number in range(left, 0, -1):
        answer_by_keyboard(page)
        expect(page.locator(".verdict")).to_be_focused()
        expect(page.get_by_role("heading", name="It comes back")).to_be_visible()
        verdict = page.locator(".verdict").inner_text()
        if number == left:  # a reload shows the same
            page.reload()
            assert page.locator(".verdict").inner_text() == verdict
        rated = page.get_by_role("button", name="Hard")
        (rated if rated.count() else page.locator(".again .button")).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(NEXT)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is due")
    assert complaints == []


def test_it_is_reviewed_without_javascript(browser: Browser, platform: RunningPlatform) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    miss_some(page, platform)
    page.close()  # a result loads itself again, and may do so in the middle of the way elsewhere
    page = context.new_page()
    page.goto(platform.url("/me/review/"))
    field = page.locator("[name=choice]").first
    if field.get_attribute("type") == "text":
        field.fill("7")
    else:
        field.check()
    page.get_by_role("button", name="Check the answer").click()
    expect(page.locator(".verdict")).to_contain_text("ight")
    page.locator(".again .button").click()
    expect(page).to_have_url(NEXT)
    context.close()


def review_the_rest(page: Page, platform: RunningPlatform) -> dict[str, list[str]]:
    """Answers what else is due; the pages of each kind of question are looked at once."""
    found: dict[str, list[str]] = {}
    for _ in range(QUESTIONS):
        page.goto(platform.url("/me/review/"))
        if not page.locator("[name=choice]").count():
            break
        kind = str(page.locator("[name=choice]").first.get_attribute("type"))
        is_new = f"{kind}, answered" not in found
        if is_new:
            found[f"{kind}, open"] = violations_in_light_and_dark(page) + too_wide(page)
        answer_by_keyboard(page)
        expect(page.locator(".verdict")).to_be_focused()
        if is_new:
            found[f"{kind}, answered"] = violations_in_light_and_dark(page) + too_wide(page)
    return found


def test_axe_finds_nothing(page: Page, platform: RunningPlatform) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = {}
    page.goto(platform.url("/me/"))
    found["nothing done"] = violations_in_light_and_dark(page)
    miss_some(page, platform)
    found["result"] = violations_in_light_and_dark(page)
    page.goto(platform.url("/me/"))
    found["progress"] = violations_in_light_and_dark(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found["progress, narrow"] = violations_in_light_and_dark(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    page.goto(platform.url("/me/review/"))
    found["open"] = violations_in_light_and_dark(page)
    answer_by_keyboard(page)
    expect(page.locator(".again")).to_be_visible()
    found["answered"] = violations_in_light_and_dark(page)
    found |= review_the_rest(page, platform)
    found["nothing due"] = violations_in_light_and_dark(page)
    page.goto(platform.url("/learn/optimizers/pipeline/"))
    page.get_by_role("button", name="Mark as read").click()
    expect(page.locator(".read-done")).to_be_focused()
    found["read"] = violations_in_light_and_dark(page)
    assert {name: broken for name, broken in found.items() if broken} == {}
