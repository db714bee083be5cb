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


@pytest.fixture
def lesson(page: Page, platform: RunningPlatform) -> Page:
    """A lesson whose first question was answered; what that has left in its place is as before."""
    page.goto(platform.url("/learn/optimizers/pipeline/"))
    first = page.locator("#inline-1")
    first.get_by_role("radio").last.check()
    first.get_by_role("button", name="Check").click()
    expect(first.locator(".verdict")).to_be_visible()
    return page


def delete_all(page: Page, platform: RunningPlatform) -> None:
    other = page.context.new_page()
    other.goto(platform.url("/me/delete/"))
    other.get_by_role("button", name="Delete it all for good").click()
    other.wait_for_url(platform.url("/"))


def check_second(lesson: Page) -> None:
    lesson.locator("#inline-2").get_by_role("button", name="Check").click()


def test_a_lesson_whose_answers_were_deleted_in_another_tab_says_so(
    lesson: Page, platform: RunningPlatform
) -> None:
    lesson.reload()
    delete_all(lesson, platform)
    second = lesson.locator("#inline-2")
    second.get_by_role("radio").last.check()
    check_second(lesson)
    told = second.locator(".error:visible")
    expect(told).to_contain_text("Your answers to these questions were deleted")
    expect(told).to_be_focused()
    expect(second.get_by_role("radio").last).to_be_checked()
    expect(lesson.locator("#inline-1").get_by_role("button", name="Check")).to_be_visible()
    assert violations(lesson) + too_wide(lesson) == []
    check_second(lesson)
    expect(second.locator(".verdict")).to_be_visible()


def test_one_that_shows_none_of_them_begins_anew(lesson: Page, platform: RunningPlatform) -> None:
    for number in (2, 3):
        lesson.locator(f"#inline-{number}").get_by_role("radio").last.check()
    delete_all(lesson, platform)
    check_second(lesson)
    expect(lesson.locator("#inline-2 .verdict")).to_be_visible()
    expect(lesson.locator("#inline-1").get_by_role("button", name="Check")).to_be_visible()
    expect(lesson.locator("#inline-3").get_by_role("radio").last).to_be_checked()
