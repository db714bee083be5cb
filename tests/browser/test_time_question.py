"""The time on a question, counted by its page: what is looked at, by somebody who is there."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sheets import QUESTIONS, begin, begin_before, expect_saved, give
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
LESSON = "/learn/optimizers/pipeline/"
HIDE = "Object.defineProperty(document, 'hidden', { value: true })"


def seconds(page: Page) -> dict[str, int]:
    """What the page has counted, by question; those not looked at are left out."""
    script = """() => Object.fromEntries([...document.querySelectorAll("[data-seconds]")]
      .map((field) => [field.dataset.seconds, Number(field.value)])
      .filter(([, count]) => count > 0))"""
    found: dict[str, int] = page.evaluate(script)
    return found


def test_the_question_in_the_middle_or_in_focus_is_counted(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.clock.install()
    begin(page, platform)
    begin_before(page, platform, 3600)
    page.locator("#question-3").scroll_into_view_if_needed()
    page.locator("#question-3").evaluate("card => card.scrollIntoView({ block: 'center' })")
    page.clock.run_for(10_000)
    assert seconds(page)["3"] >= 9
    page.locator(".pager [href='#question-7']").click()
    page.clock.run_for(20_000)
    assert seconds(page)["7"] >= 19
    # Nobody touches anything: after a minute nobody is there.
    page.clock.run_for(500_000)
    assert seconds(page)["7"] < 100
    before = seconds(page)
    give(page, 7)
    expect_saved(page)
    page.reload()
    assert seconds(page).keys() >= {"7"}
    assert seconds(page)["7"] >= before["7"]
    page.locator(".pager [href='#question-7']").click()
    page.clock.run_for(10_000)
    assert seconds(page)["7"] >= before["7"] + 9
    assert complaints == []


def test_a_hidden_page_counts_nothing(page: Page, platform: RunningPlatform) -> None:
    page.clock.install()
    begin(page, platform)
    page.evaluate(HIDE)
    before = seconds(page)
    page.clock.run_for(30_000)
    assert seconds(page) == before
    expect(page.locator("[data-seconds]")).to_have_count(QUESTIONS)


def test_a_lesson_counts_on_when_one_of_its_questions_is_checked(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.clock.install()
    page.goto(platform.url(LESSON))
    fields = page.locator("#inline-quiz [data-seconds]")
    count = fields.count()
    assert count > 1
    page.clock.run_for(20_000)
    assert seconds(page) == {}, "the quiz is further down"
    for number in (2, 1):
        page.locator(f"#inline-{number} [name=choice]").first.focus()
        page.clock.run_for(10_000)
    page.locator("#inline-1 [name=choice]").first.check()
    page.locator("#inline-1 button", has_text="Check").click()
    expect(fields).to_have_count(count - 1)
    # htmx puts the focus on the feedback, a moment after it is there: its timers go first.
    expect(page.locator("#inline-1 :focus")).to_have_count(1)
    page.clock.run_for(1_000)
    counted = seconds(page)
    assert "1" not in counted
    assert counted["2"] >= 9
    page.locator("#inline-2 [name=choice]").first.focus()
    page.clock.run_for(10_000)
    assert seconds(page)["2"] >= counted["2"] + 9
    assert complaints == []
