"""The pages of a learner's way, held against axe-core's rules, in light and in dark."""

from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser import sheets
from tests.browser.axe import violations
from tests.browser.sheets import begin, flag, give
from tests.browser.steps import answer
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    page: Page, platform: RunningPlatform, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    page.goto(platform.url("/learn/optimizers/"))
    found["topic"] = violations(page)
    page.goto(platform.url("/learn/optimizers/practice/1/"))
    found["practice, open"] = violations(page)
    answer(page)
    found["practice, locked"] = violations(page)
    page.goto(platform.url(sheets.TEST))
    found["test"] = violations(page)
    begin(page, platform)
    give(page, 1)
    flag(page, 2).check()
    sheets.expect_saved(page)
    sheets.expire_in(page, platform, 600)
    page.reload()
    found["sheet"] = violations(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found["sheet, narrow"] = violations(page)
    page.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(page)
    found["result"] = violations(page)
    page.goto(platform.url("/me/"))
    found["me"] = violations(page)
    assert {name: broken for name, broken in found.items() if broken} == {}
