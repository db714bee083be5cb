"""Practice open in two tabs: what the second one sends is refused in its place, in words."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.steps import answer
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
PRACTICE = "/learn/why-training-updates-weights/practice/"
CHECK = "Check the answer"


def second_tab(page: Page) -> Page:
    other = page.context.new_page()
    other.goto(page.url)
    return other


def test_the_answer_that_counts_is_told_and_the_other_is_not_shown_as_ones_own(
    page: Page, platform: RunningPlatform
) -> None:
    page.goto(platform.url(f"{PRACTICE}1/"))
    other = second_tab(page)
    answer(page, 0)
    other.get_by_role("radio").nth(1).check()
    other.get_by_role("button", name=CHECK).click()
    told = other.locator("#ask .error:visible")
    expect(told).to_contain_text("You already answered this question in another tab")
    expect(told).to_be_focused()
    expect(other.locator(".verdict")).to_be_visible()
    assert violations(other) + too_wide(other) == []


def test_a_set_that_was_finished_in_the_first_tab_leads_on_from_the_second(
    page: Page, platform: RunningPlatform
) -> None:
    page.goto(platform.url(f"{PRACTICE}1/"))
    answer(page, 0)
    page.goto(platform.url(f"{PRACTICE}5/"))
    other = second_tab(page)
    page.get_by_role("button", name="Finish and train").click()
    page.wait_for_url("**/result/")
    other.get_by_role("radio").nth(1).check()
    other.get_by_role("button", name=CHECK).click()
    heading = other.get_by_role("heading", name="This set was finished elsewhere")
    expect(heading).to_be_focused()
    assert violations(other) + too_wide(other) == []
    other.get_by_role("link", name="See its result").click()
    expect(other).to_have_url(page.url)
