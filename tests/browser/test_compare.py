"""Runs side by side, raced, swept and repeated, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import TRAINS
from tests.conftest import RunningPlatform
from tests.patience import COSTLY_TICK, eventually

pytestmark = [pytest.mark.browser, pytest.mark.launcher]

NARROW = {"width": 390, "height": 844}
# A chart that failed to draw leaves its canvas blank.
PAINTED = """() => {
  const canvases = [...document.querySelectorAll("[data-compare-plot] canvas")];
  return canvases.length === 2 && canvases.every((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
  });
}"""

# How far a table reaches beyond what is seen of it.
CUT = """() => {
  const seen = document.querySelector(".sweep .scroll");
  return Math.max(seen.scrollWidth - seen.clientWidth, 0);
}"""


def race(page: Page, platform: RunningPlatform) -> None:
    page.goto(platform.url("/experiments/optimizers-adam/"))
    page.get_by_role("button", name="Race all three").click()
    page.wait_for_url("**/runs/compare/**")


def expect_all_ended(page: Page, runs: int) -> None:
    states = page.locator("[data-run-row] td:nth-child(2)")
    expect(states).to_have_text(["succeeded"] * runs, timeout=TRAINS)


def expect_drawn(page: Page) -> None:
    page.wait_for_function(PAINTED)


def expect_no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_a_race_is_drawn_live_without_a_reload(
    browser: Browser, platform: RunningPlatform, size: dict[str, int]
) -> None:
    context = browser.new_context(viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    race(page, platform)
    expect_all_ended(page, 3)
    expect_drawn(page)
    expect_no_sideways_scroll(page)
    expect(page.locator("[data-compare-said]")).to_have_text(re.compile("^(All 3 .*)?$"))
    page.get_by_role("link", name="Only differences").click()
    expect(page.get_by_role("rowheader", name="Batch size")).to_have_count(0)
    expect(page.get_by_role("rowheader", name="Momentum", exact=True)).to_be_visible()
    expect_drawn(page)
    assert heard == []
    context.close()


def test_the_legend_names_the_runs_as_their_table_does(
    page: Page, platform: RunningPlatform
) -> None:
    """A name tells the data of the run, which the repeat did not have when the page was opened."""
    page.goto(platform.url("/experiments/mnist-64/"))
    page.get_by_label("Hidden layers").select_option("[16]")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/**")
    page.get_by_role("button", name="Repeat it exactly").click()
    page.wait_for_url("**/runs/compare/**")
    expect_all_ended(page, 2)
    legend = page.locator(".compare-legend a")
    expect(legend).to_have_text(page.locator("[data-run-row] a").all_inner_texts())
    names = legend.all_inner_texts()
    page.reload()
    expect(legend).to_have_text(names)


def test_a_repeat_ends_with_the_same_weights(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    race(page, platform)
    expect_all_ended(page, 3)
    page.locator("[data-run-row] a").first.click()
    page.get_by_role("button", name="Repeat it exactly").click()
    page.wait_for_url("**/runs/compare/**")
    expect(page.locator(".compare-verdict")).to_contain_text("bit for bit", timeout=TRAINS)
    assert complaints == []


def test_the_trained_network_and_the_receipt_are_there(
    page: Page, platform: RunningPlatform
) -> None:
    race(page, platform)
    expect_all_ended(page, 3)
    page.locator("[data-run-row] a").first.click()
    page.get_by_text("Receipt", exact=True).click()
    expect(page.get_by_text("tensorflow 2.")).to_be_visible()
    # Written by the trainer just after the run has ended.
    address = page.get_by_role("link", name="The trained network").get_attribute("href")
    assert address is not None
    there = platform.url(address)
    eventually(lambda: page.request.get(there).status == 200, "it was not written", COSTLY_TICK)
    assert page.request.get(there).body().startswith(b"PK")  # a .keras file is a zip archive


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, NARROW], ids=["wide", "narrow"])
def test_without_javascript_the_tables_say_it_all(
    browser: Browser, platform: RunningPlatform, size: dict[str, int]
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=size)  # type: ignore[arg-type]
    page = context.new_page()
    race(page, platform)
    expect_all_ended(page, 3)  # the page loads itself again
    expect(page.locator(".compare-live")).to_be_hidden()
    page.goto(platform.url("/experiments/optimizers-adam/"))
    page.get_by_role("checkbox", name="Compare the run").first.check()
    page.get_by_role("checkbox", name="reference run").check()
    page.get_by_role("button", name="Compare the ticked runs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 runs, side by side")
    context.close()


def test_a_sweep_goes_on_by_itself(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.goto(platform.url("/experiments/optimizers-adam/"))
    page.get_by_role("button", name="Sweep the learning rate").click()
    page.wait_for_url("**/runs/sweep/**")
    expect(page.locator("[data-sweep]")).to_contain_text(
        "Highest mean of the seeds", timeout=TRAINS
    )
    rates = page.locator("[data-rate]").count()
    assert rates >= 4
    expect(page.locator(".sweep-chart circle")).to_have_count(rates * 3)
    expect_no_sideways_scroll(page)
    for width in (320, 390, 900, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(CUT) == 0, f"the table ends beyond {width} px"
    assert complaints == []
