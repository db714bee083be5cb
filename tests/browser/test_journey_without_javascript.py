"""The same way with JavaScript off: plain forms, and a page that reloads itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import TRAINS, answer, begin_practice, finish, read_lesson
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


@pytest.fixture
def plain_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_from_home_to_the_end_of_the_run(plain_page: Page, platform: RunningPlatform) -> None:
    read_lesson(plain_page, platform.address)
    begin_practice(plain_page)
    for number in range(1, 6):
        if number > 1:
            plain_page.locator(".pager a").nth(number - 1).click()
        answer(plain_page, option=1)
    finish(plain_page, prediction="50")
    run = plain_page.locator("[data-run]")
    expect(run.locator("[data-run-words]")).to_contain_text("Finished", timeout=TRAINS)
    expect(run.locator("[data-epoch]")).to_have_count(5)
    expect(run).to_contain_text(re.compile(r"points (above|below)"))
    expect(plain_page.locator(".review .question")).to_have_count(5)


def test_a_test_of_ten_questions(plain_page: Page, platform: RunningPlatform) -> None:
    plain_page.goto(platform.url("/learn/optimizers/test/"))
    plain_page.get_by_role("button", name="test").first.click()
    expect(plain_page.locator("fieldset.question")).to_have_count(10)
    for number in range(1, 11):
        field = plain_page.locator(f"input[name=choice-{number}]").first
        if field.get_attribute("type") == "text":
            field.fill("7")
        else:
            field.check()
    plain_page.get_by_role("button", name="Save", exact=True).click()
    expect(plain_page.locator(".pager a.answered")).to_have_count(10)
    plain_page.get_by_role("button", name="Finish").click()
    plain_page.wait_for_url("**/result/")
    for level in ("easy", "medium", "hard"):
        expect(plain_page.locator("main")).to_contain_text(level)
    expect(plain_page.locator(".review .question")).to_have_count(10)


def test_an_inline_quiz(plain_page: Page, platform: RunningPlatform) -> None:
    plain_page.goto(platform.url("/learn/optimizers/pipeline/"))
    for number in range(1, 4):
        question = plain_page.locator(f"#inline-{number}")
        question.get_by_role("radio").first.check()
        question.get_by_role("button").first.click()
        expect(question.locator(".verdict")).to_be_visible()
    expect(plain_page.locator("#inline-quiz")).to_contain_text(re.compile("key insight", re.I))
