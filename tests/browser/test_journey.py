"""A new student's way from the home page to the end of a live run, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import TRAINS, answer, begin_practice, finish, read_lesson
from tests.conftest import RunningPlatform
from tests.patience import eventually

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def no_sideways_scroll(page: Page) -> bool:
    page.wait_for_load_state()  # a page without its style sheets yet is of any width
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return fits


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_home_to_the_end_of_the_run(
    page: Page, platform: RunningPlatform, complaints: list[str], size: dict[str, int]
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # the stub wants its own TypedDict
    read_lesson(page, platform.address)
    assert no_sideways_scroll(page)
    begin_practice(page)
    for number in range(1, 6):
        if number > 1:
            page.locator(".pager").get_by_role("link", name=re.compile(str(number))).click()
            expect(page.get_by_role("group").first).to_contain_text(f"Question {number} of 5")
        answer(page)
        assert no_sideways_scroll(page)
    page.reload()
    expect(page.locator(".pager a:is(.right, .wrong)")).to_have_count(5)  # survives a reload
    finish(page)
    run = page.locator("[data-run]")
    expect(run.locator("[data-run-words]")).to_contain_text("Finished", timeout=TRAINS)
    expect(page.locator(".review .question")).to_have_count(5)
    assert no_sideways_scroll(page)
    page.locator("[data-run-end]").click()
    seen = run.locator("table").all_inner_texts()
    page.reload()
    expect(run.locator("[data-run-words]")).to_contain_text("Finished")
    # The script fills the tables once it has the history.
    eventually(lambda: run.locator("table").all_inner_texts() == seen, "it tells something else")
    assert len(seen) >= 2
    assert complaints == []


def test_the_curves_are_drawn_while_it_trains(page: Page, platform: RunningPlatform) -> None:
    page.goto(platform.url("/experiments/mnist-64/"))
    page.get_by_role("button", name=re.compile("train|run", re.IGNORECASE)).first.click()
    page.wait_for_url("**/runs/**")
    expect(page.locator("[data-run] canvas").first).to_be_visible(timeout=TRAINS)
    slider = page.locator("[data-run-slider]")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"epoch [1-5]"), timeout=TRAINS)
    page.locator("[data-run-end]").click()
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=TRAINS)
    page.locator("[data-run-end]").click()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^epoch 5"))
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^epoch 0"))


def test_an_outsider_finds_no_result(
    page: Page, browser: Browser, platform: RunningPlatform
) -> None:
    page.goto(platform.url("/experiments/optimizers-sgd/"))
    page.get_by_role("button", name=re.compile("train|run", re.IGNORECASE)).first.click()
    page.wait_for_url("**/runs/**")
    stranger = browser.new_page()
    answered = stranger.goto(page.url)
    assert answered is not None
    assert answered.status == 404
    expect(stranger.get_by_role("heading", level=1)).to_be_visible()
