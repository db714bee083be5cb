"""Watching a run: live, late, by keyboard, without motion, without a stream, in two tabs."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import sheets
from tests.browser.steps import TRAINS
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]

HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
# What 16 units have on MNIST, or on the smaller digits where a trainer says that they stand in.
SIXTEEN = re.compile(r"With these choices:\s+(12,730|1,210) parameters")
# Keeps every stream that the page opens where a test can look at it.
SPY = """
window.streams = [];
const Real = window.EventSource;
window.EventSource = class extends Real {
  constructor(url) { super(url); window.streams.push(this); }
};
"""


def start(page: Page, platform: RunningPlatform, slug: str = "mnist-16") -> str:
    """Starts a run by its form; returns its address."""
    page.goto(platform.url(f"/experiments/{slug}/"))
    page.get_by_label("Your prediction").fill("90")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/**")
    return page.url


def expect_finished(page: Page) -> None:
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=TRAINS)


def expect_at_end(page: Page) -> None:
    expect(page.locator("[data-run-mode]")).to_have_text("at the end", timeout=TRAINS)
    expect(page.locator(".run-verdict")).to_be_visible()


def open_streams(page: Page) -> int:
    count: int = page.evaluate(
        "streams.filter((one) => one.readyState !== EventSource.CLOSED).length"
    )
    return count


def test_the_end_is_kept_back_until_the_playback_is_there(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.add_init_script(SPY)
    start(page, platform)
    expect_finished(page)
    expect(page.locator(".run-verdict")).to_be_hidden()
    expect(page.locator("[data-run-toggle]")).to_have_text("Pause")
    page.locator("[data-run-end]").click()
    expect_at_end(page)
    expect(page.get_by_role("link", name="The trained network")).to_be_visible()
    expect(page.locator("[data-epoch]:visible th")).to_have_text(["1", "2", "3", "4", "5"])
    assert (page.evaluate("streams.length"), open_streams(page)) == (1, 0)
    page.reload()
    expect_at_end(page)  # who comes late sees the end at once
    page.get_by_role("button", name="Replay").click()
    expect(page.locator(".run-verdict")).to_be_hidden()
    assert complaints == []


def test_below_a_score_it_waits_until_its_reader_comes(
    page: Page, platform: RunningPlatform
) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    sheets.begin(page, platform)
    page.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(page)
    expect_finished(page)
    expect(page.locator("[data-run-toggle]")).to_have_text("Pause")
    slider = page.locator("[data-run-slider]")
    page.wait_for_timeout(500)
    expect(slider).to_have_js_property("value", "0")
    slider.scroll_into_view_if_needed()
    expect(slider).not_to_have_js_property("value", "0")


def test_the_keyboard_moves_the_playback(page: Page, platform: RunningPlatform) -> None:
    start(page, platform)
    expect_finished(page)
    slider = page.get_by_role("slider", name="Epoch")
    slider.press("Home")
    expect(slider).to_have_attribute(
        "aria-valuetext", re.compile(r"^epoch 0 of 5, accuracy .* on the test rows")
    )
    slider.press("PageUp")
    slider.press("ArrowRight")
    expect(slider).to_have_value("1.13")
    expect(page.locator("[data-epoch].is-later")).to_have_count(4)
    slider.press(" ")
    expect(page.locator("[data-run-toggle]")).to_have_text("Pause")
    slider.press(" ")
    expect(page.locator("[data-run-toggle]")).to_have_text("Play")


def test_the_details_move_with_the_playhead(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    start(page, platform)
    expect_finished(page)
    page.locator("[data-run-end]").click()
    for fold in page.locator(".run-fold summary").all():
        fold.click()
    first_map, answer = page.locator("[data-run-map]").first, page.locator("[data-run-answer]")
    expect(first_map.locator("[data-run-map-words]")).to_contain_text(
        "Rows and columns are counted from 0."
    )
    expect(first_map.locator("[data-run-map-epoch]")).to_have_text("epoch 5")
    expect(page.locator("[data-run-plot=gradient_norm] canvas")).to_be_visible()
    expect(page.locator("[data-run-picture]")).to_be_visible()
    at_end = answer.inner_text()
    slider = page.get_by_role("slider", name="Epoch")
    slider.press("Home")
    expect(first_map.locator("[data-run-map-words]")).to_contain_text("nothing has moved yet")
    expect(page.locator("[data-run-now-low]").first).to_have_text("–")
    expect(page.locator("[data-run-moved]").first).to_contain_text("0.0")
    expect(answer).not_to_have_text(at_end)
    slider.press("PageUp")
    expect(first_map.locator("[data-run-map-epoch]")).to_have_text("epoch 1")
    expect(page.locator("[data-run-now-low]").first).to_contain_text("−")
    page.locator("[data-run-end]").click()
    expect(answer).to_have_text(at_end)
    assert complaints == []


def test_a_fold_stays_open_while_its_parts_are_drawn_again(
    page: Page, platform: RunningPlatform
) -> None:
    start(page, platform, "mnist-64")
    page.locator(".run-fold summary").first.click()
    expect_finished(page)
    expect(page.locator(".run-fold").first).to_have_attribute("open", "")
    expect(page.locator("[data-run-class]").first).to_be_visible()


def test_a_learner_changes_the_plan_and_the_row(page: Page, platform: RunningPlatform) -> None:
    page.goto(platform.url("/experiments/mnist-64/"))
    page.get_by_label("Hidden layers").select_option("[16]")
    page.get_by_label("Activation").select_option("tanh")
    estimate = page.locator(".run-estimate")
    expect(estimate).to_contain_text(SIXTEEN)  # without a press
    page.get_by_role("button", name="Only estimate its size").click()
    expect(estimate).to_contain_text(SIXTEEN)
    page.locator(".run-further summary").click()
    page.get_by_label("Watched test row").fill("7")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/**")
    expect_finished(page)
    expect(page.locator(".run-data")).to_contain_text("one hidden layer of 16 units")
    expect(page.locator("[data-run-watched]")).to_contain_text("Test row 7")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("16 hidden units")
    headed, titled = heading.inner_text(), page.title()
    assert titled == f"Run: {headed} – Weightwise"
    page.reload()
    expect(heading).to_have_text(headed)
    expect(page).to_have_title(titled)
    page.get_by_role("link", name="Run it again").click()
    expect(page.get_by_label("Hidden layers")).to_have_value("[16]")
    expect(page.get_by_label("Activation")).to_have_value("tanh")
    expect(estimate).to_contain_text(SIXTEEN)


def test_without_motion_nothing_plays(browser: Browser, platform: RunningPlatform) -> None:
    page = browser.new_page(reduced_motion="reduce")
    start(page, platform)
    expect_finished(page)
    expect_at_end(page)
    page.close()


def test_without_a_stream_the_snapshot_is_read(page: Page, platform: RunningPlatform) -> None:
    page.route("**/events", lambda route: route.fulfill(status=503))
    start(page, platform)
    expect_finished(page)
    page.locator("[data-run-end]").click()
    expect_at_end(page)


def test_a_hidden_tab_gives_its_stream_back(page: Page, platform: RunningPlatform) -> None:
    page.add_init_script(SPY)
    start(page, platform, "mnist-64")
    page.evaluate(HIDE, arg=True)
    assert open_streams(page) == 0
    page.evaluate(HIDE, arg=False)
    expect_finished(page)
    page.locator("[data-run-end]").click()
    expect_at_end(page)
    expect(page.locator("[data-epoch]")).to_have_count(5)


def test_two_tabs_show_the_same_run(page: Page, platform: RunningPlatform) -> None:
    address = start(page, platform, "mnist-64")
    other = page.context.new_page()
    other.goto(address)
    for tab in (page, other):
        expect_finished(tab)
        tab.locator("[data-run-end]").click()
        expect_at_end(tab)
    tables = [tab.locator("[data-run] table").all_inner_texts() for tab in (page, other)]
    assert tables[0] == tables[1]
