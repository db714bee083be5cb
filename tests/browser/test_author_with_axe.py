"""The teacher's pages about quizzes, held against axe-core's rules, in light and in dark."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sheets
from tests.browser.axe import violations
from tests.browser.teachers import sign_in
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
LISTS = ("question", "quiz", "attempt", "answer")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_authoring(
    page: Page, platform: RunningPlatform, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    sheets.begin(page, platform)
    page.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(page)
    page.context.clear_cookies()
    sign_in(page, platform)
    found = {}
    for name in LISTS:
        page.goto(platform.url(f"/admin/quizzes/{name}/"))
        found[f"{name} list"] = violations(page)
    for name in ("question", "quiz", "attempt"):
        page.goto(platform.url(f"/admin/quizzes/{name}/"))
        page.locator("#result_list tbody th a").first.click()
        page.wait_for_url("**/change/")
        found[f"{name} change"] = violations(page)
    page.goto(platform.url("/admin/quizzes/question/add/"))
    page.locator("[name=_save]").first.click()
    expect(page.locator(".errorlist").first).to_be_visible()
    found["question, refused"] = violations(page)
    page.goto(platform.url("/admin/quizzes/quiz/"))
    statistics = page.get_by_role("link", name="Statistics of the test")
    statistics.nth(1).click()
    found["statistics"] = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found["statistics, narrow"] = violations(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(platform.url("/admin/quizzes/quiz/"))
    statistics.nth(0).click()
    found["statistics of nobody"] = violations(page)
    assert {name: broken for name, broken in found.items() if broken} == {}
