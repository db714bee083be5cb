"""Pages on a slow connection: what was chosen before their scripts came counts all the same."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.sheets import WAITING, begin, expect_saved, give, given, state
from tests.browser.steps import scripts_under_way
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


def test_an_answer_is_saved_by_itself(page: Page, platform: RunningPlatform) -> None:
    begin(page, platform)
    give(page, 1)
    expect_saved(page)
    with scripts_under_way(page):
        page.reload(wait_until="commit")
        give(page, 1, text="8", option=1)
        give(page, 2)
        before = given(page)
    expect_saved(page)
    expect(page.locator(".sheet-side")).to_contain_text("2 of 10 answered")
    page.reload()
    assert given(page) == before


def test_an_answer_is_later_than_what_the_browser_kept(
    page: Page, platform: RunningPlatform
) -> None:
    begin(page, platform)
    page.route("**/attempts/**", lambda route: route.abort())
    give(page, 1)
    give(page, 2)
    expect(state(page)).to_have_text(WAITING)
    kept = given(page)
    page.unroute("**/attempts/**")
    # Nothing is to be sent before the page goes.
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    with scripts_under_way(page):
        page.reload(wait_until="commit")
        give(page, 1, text="8", option=1)
        early = given(page)
    expect(page.locator("[data-save-note]")).to_contain_text("is back on this page")
    assert early.keys() == {"choice-1"} != kept.keys()
    assert given(page) == kept | early
    expect_saved(page)
    page.reload()
    assert given(page) == kept | early


def test_a_plan_is_estimated(page: Page, platform: RunningPlatform) -> None:
    with scripts_under_way(page):
        page.goto(platform.url("/experiments/mnist-64/"), wait_until="commit")
        page.get_by_label("Hidden layers").select_option("[16]")
    expect(page.locator("#estimate")).to_contain_text("With these choices:")


def test_an_open_hint_leads_to_the_next(page: Page, platform: RunningPlatform) -> None:
    hints = page.locator("[data-hint]")
    with scripts_under_way(page):
        page.goto(
            platform.url("/learn/why-training-updates-weights/experiment/"), wait_until="commit"
        )
        hints.nth(0).locator("summary").click()
    expect(hints.nth(2).locator("summary")).to_have_attribute("aria-disabled", "true")
    expect(hints.nth(1).locator("summary")).not_to_have_attribute("aria-disabled", "true")
