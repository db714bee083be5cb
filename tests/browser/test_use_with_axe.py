"""The pages of a learner's way, held against axe-core's rules, in light and in dark, and fitted
into the narrowest window."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sheets
from tests.browser.axe import violations_in_light_and_dark
from tests.browser.sheets import begin, begin_with, flag, give
from tests.browser.steps import TRAINS, answer, sign_up
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


class Look:
    """Collects what is wrong with each page that was looked at."""

    def __init__(self, page: Page) -> None:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page = page
        self.found: dict[str, list[str]] = {}

    def at(self, name: str) -> None:
        if wrong := violations_in_light_and_dark(self.page) + too_wide(self.page):
            self.found[name] = wrong


def be_refused(page: Page, button: str) -> None:
    """Predicts what cannot be, past the browser's own check, and asks for the run."""
    page.get_by_label("Your prediction").fill("900")
    press = page.get_by_role("button", name=button)
    press.evaluate("button => { button.form.noValidate = true; }")
    press.click()
    expect(page.locator(".finish .error")).to_be_focused()


def test_axe_finds_nothing_while_one_learns(page: Page, platform: RunningPlatform) -> None:
    look = Look(page)
    page.goto(platform.url("/learn/optimizers/"))
    look.at("topic")
    page.goto(platform.url("/learn/optimizers/pipeline/"))
    look.at("lesson, quiz open")
    for number in range(1, 4):
        question = page.locator(f"#inline-{number}")
        question.locator("[name=choice]").first.check()
        question.get_by_role("button", name="Check").click()
        expect(question.locator(".verdict")).to_be_focused()
    look.at("lesson, quiz checked")
    page.goto(platform.url("/learn/optimizers/practice/1/"))
    look.at("practice, open")
    page.get_by_role("button", name="Check the answer").click()
    expect(page.locator("#ask .error:not([hidden])")).to_be_focused()
    look.at("practice, refused")
    answer(page)
    look.at("practice, locked")
    page.goto(platform.url("/learn/optimizers/practice/5/"))
    answer(page, option=1)
    look.at("practice, to be finished")
    page.goto(platform.url("/no-such-page/"))
    look.at("404")
    assert look.found == {}


def test_axe_finds_nothing_in_a_test(page: Page, platform: RunningPlatform) -> None:
    look = Look(page)
    page.goto(platform.url(sheets.TEST))
    look.at("test")
    begin_with(page, platform, "radio", "checkbox", "text")
    give(page, 1)
    flag(page, 2).check()
    sheets.expect_saved(page)
    sheets.expire_in(page, platform, 600)
    page.reload()
    look.at("sheet")
    be_refused(page, "Finish and train")
    look.at("sheet, finish refused")
    page.get_by_label("Your prediction").fill("90")
    page.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(page)
    expect(page.locator(".run-layers table")).to_be_visible(timeout=TRAINS)
    expect(page.get_by_role("link", name="This run on a page of its own")).to_be_visible()
    look.at("result")
    begin(page, platform)
    sheets.expire_in(page, platform, -1)
    page.reload()
    sheets.expect_result(page)
    look.at("result, time was up")
    sheets.take_run(page, platform)
    page.reload()
    be_refused(page, "Train now")
    look.at("result, its run refused")
    page.get_by_label("Your prediction").fill("90")
    page.get_by_role("button", name="Train now").click()
    expect(page.get_by_role("link", name="This run on a page of its own")).to_be_visible()
    for name in ("", "attempts/", "runs/", "review/"):
        page.goto(platform.url(f"/me/{name}"))
        look.at(f"me/{name}")
    assert look.found == {}


def test_a_result_with_credit_in_part_fits_too(page: Page, platform: RunningPlatform) -> None:
    """Which questions are drawn is chance, and so is whether one of them gives a part."""
    for _ in range(20):
        begin_with(page, platform, "checkbox")
        for number in range(1, sheets.QUESTIONS + 1):
            give(page, number)
        page.get_by_label("Your prediction").fill("90")
        page.get_by_role("button", name="Finish and train").click()
        sheets.expect_result(page)
        if page.locator(".credit.partly").count():
            break
        page.context.clear_cookies()
    expect(page.locator(".credit.partly").first).to_be_visible()
    assert too_wide(page) == []


def test_axe_finds_nothing_in_an_account(page: Page, platform: RunningPlatform) -> None:
    look = Look(page)
    page.goto(platform.url("/learn/optimizers/practice/1/"))
    answer(page)
    for path, button in (("login", "Sign In"), ("signup", "Sign Up")):
        page.goto(platform.url(f"/accounts/{path}/"))
        look.at(path)
        page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator(".form-errors")).to_be_focused()
        look.at(f"{path}, refused")
    sign_up(page)
    look.at("claim")
    page.get_by_role("link", name="No, it is not mine").click()
    look.at("not mine")
    page.goto(platform.url("/me/"))
    page.get_by_role("button", name="Yes, move it to my account").click()
    expect(page.get_by_text(re.compile("now in your account"))).to_be_visible()
    look.at("claimed")
    page.goto(platform.url("/me/delete/"))
    look.at("delete")
    assert look.found == {}
