"""The page of an open test, as a learner has it before them."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import TRAINS
from tests.conftest import RunningPlatform

TEST = "/learn/optimizers/test/"
QUESTIONS = 10
WAITING = "Not saved yet: no connection; trying again"
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


def begin(page: Page, platform: RunningPlatform) -> None:
    page.goto(platform.url(TEST))
    page.get_by_role("button", name="test").first.click()
    page.wait_for_url("**/attempts/**")
    expect(page.locator("fieldset.question")).to_have_count(QUESTIONS)


def begin_with(page: Page, platform: RunningPlatform, *types: str) -> None:
    """A test with inputs of all these types; which questions are drawn is chance."""
    for _ in range(30):
        begin(page, platform)
        if all(page.locator(f"[type={one}][name^=choice-]").count() for one in types):
            return
        page.context.clear_cookies()  # somebody new is asked other questions
    raise AssertionError(f"No test with all of {', '.join(types)} in 30 draws.")


def field(page: Page, number: int) -> Locator:
    """The first input of a question, of any kind."""
    return page.locator(f"[name=choice-{number}]").first


def give(page: Page, number: int, text: str = "7", option: int = 0) -> None:
    """Answers a question of any kind, in place of what was there."""
    fields = page.locator(f"[name=choice-{number}]")
    if fields.first.get_attribute("type") == "text":
        fields.fill(text)
    else:
        fields.nth(option).check()


def given(page: Page) -> dict[str, list[str]]:
    """What the page holds: the answers and the flags."""
    script = """() => {
      const found = {};
      for (const [name, value] of new FormData(document.querySelector("[data-autosave]"))) {
        if (/^(choice|flag)-/.test(name) && value) (found[name] ??= []).push(value);
      }
      return found;
    }"""
    found: dict[str, list[str]] = page.evaluate(script)
    return found


def flag(page: Page, number: int) -> Locator:
    return page.get_by_role("checkbox", name=f"Look at it again (question {number})", exact=True)


def state(page: Page) -> Locator:
    return page.locator("[data-save-state]")


def told(page: Page) -> list[str]:
    """What a page that was opened with LISTEN has announced."""
    words: list[str] = page.evaluate("told.filter(Boolean)")
    return words


def expect_saved(page: Page) -> None:
    expect(state(page)).to_have_text(re.compile(r"^Saved at \d\d:\d\d$"))
    page.wait_for_function("() => Object.keys(localStorage).length === 0")


def kept_here(page: Page) -> int:
    """How many sheets this browser keeps because they are not saved."""
    count: int = page.evaluate("Object.keys(localStorage).length")
    return count


def expire_in(page: Page, platform: RunningPlatform, seconds: float) -> None:
    """Sets the end of the attempt that the page shows."""
    _update(page, platform, "expires_at", from_now(seconds))


def begin_before(page: Page, platform: RunningPlatform, seconds: float) -> None:
    """Sets the start of the attempt that the page shows, that many seconds ago."""
    _update(page, platform, "started_at", from_now(-seconds))


def take_run(page: Page, platform: RunningPlatform) -> None:
    """Leaves the attempt that the page shows as if no run could be had at its finish."""
    _update(page, platform, "run_id", None)


def from_now(seconds: float) -> str:
    """A moment, as Django writes it in SQLite."""
    return str((datetime.now(UTC) + timedelta(seconds=seconds)).replace(tzinfo=None))


def _update(page: Page, platform: RunningPlatform, column: str, value: str | None) -> None:
    """In the database itself: a shell of Django's takes a second of the processor to start."""
    [attempt] = re.findall(r"/attempts/([0-9a-f-]{36})/", page.url)
    change = f"UPDATE quizzes_attempt SET {column} = ? WHERE id = ?"  # noqa: S608 - our own words
    with platform.connect() as connection:
        assert connection.execute(change, (value, UUID(attempt).hex)).rowcount == 1


def expect_result(page: Page) -> None:
    page.wait_for_url("**/result/", timeout=TRAINS)
    expect(page.locator(".review .question")).to_have_count(QUESTIONS)
