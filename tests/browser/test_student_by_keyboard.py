"""A new student, by keyboard alone: from the home page to a test's result, an account, a claim."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import press, send, tab_to
from tests.browser.sheets import QUESTIONS, expect_result, expect_saved, field, flag
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
PASSWORD = "correct horse 9"


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).first


def skip_to_the_content(page: Page) -> None:
    tab_to(page, link(page, "Skip to the content"), within=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def choose_and_check(page: Page, first: Locator, name: str, within: int) -> None:
    """Takes what stands first, or some number, and has it checked."""
    tab_to(page, first, within)
    if first.get_attribute("type") == "text":
        page.keyboard.type("7")
    else:
        page.keyboard.press("Space")
    form = first.locator("xpath=ancestor::form")
    tab_to(page, form.get_by_role("button", name=name, exact=True), within=8)
    page.keyboard.press("Enter")


def answer_inline(page: Page) -> None:
    first = page.locator("#inline-1 [name=choice]").first
    choose_and_check(page, first, "Check", within=40)
    expect(page.locator("#inline-1-verdict")).to_be_focused()


def practise(page: Page) -> None:
    """Checked too early, then in order; each time the focus is where the answer to it is."""
    tab_to(page, button(page, "Check the answer"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose an option first, then check it.")).to_be_focused()
    first = page.locator("[name=choice]").first
    choose_and_check(page, first, "Check the answer", within=1)
    expect(page.locator("#question-verdict")).to_be_focused()
    press(page, link(page, "Next question"), within=2)
    expect(page).to_have_title(re.compile("^Practice 2 of 5 "))
    # The way to the next question leads past its code, and not through the page's head once more.
    choose_and_check(page, page.locator("[name=choice]").first, "Check the answer", within=2)
    expect(page.locator("#question-verdict")).to_be_focused()


def take_the_test(page: Page) -> None:
    press(page, link(page, "Why training updates weights"))
    press(page, page.locator("main a[href$='/test/']").first)
    press(page, button(page, "Start the test"))
    expect(page.locator("fieldset.question")).to_have_count(QUESTIONS)
    tab_to(page, page.get_by_role("link", name="Question 7 not answered"))
    page.keyboard.press("Enter")
    tab_to(page, field(page, 7), within=2)
    page.keyboard.type("7") if is_text(field(page, 7)) else page.keyboard.press("Space")
    tab_to(page, flag(page, 7), within=8)
    page.keyboard.press("Space")
    expect_saved(page)
    expect(page.locator("[data-part=place-7]")).to_have_text(re.compile("answered, flagged"))
    expect(flag(page, 7)).to_be_focused()
    press(page, button(page, "Finish and train"))
    expect_result(page)
    expect(page).to_have_title(re.compile("^[0-9.]+ of 10 "))


def is_text(one: Locator) -> bool:
    return one.get_attribute("type") == "text"


def write_account(page: Page, name: str, mail: str) -> None:
    for label, text in (
        ("Username:", name),
        ("Email:", mail),
        ("Password:", PASSWORD),
        ("Password (again):", PASSWORD),
    ):
        tab_to(page, page.get_by_label(label, exact=True))
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text)
    send(page)


def sign_up(page: Page) -> None:
    """Refused once: what is wrong has the focus, and leads to the field."""
    name = f"ada-{uuid4().hex[:8]}"
    press(page, link(page, "My progress"))
    press(page, link(page, "Sign up"))
    write_account(page, name, "ada@nowhere")
    expect(page).to_have_title(re.compile("^Error: "))
    told = page.get_by_role("group", name="Please correct this:")
    expect(told).to_be_focused()
    tab_to(page, told.get_by_role("link", name="Email"), within=1)
    page.keyboard.press("Enter")
    mail = page.get_by_label("Email:", exact=True)
    expect(mail).to_be_focused()
    expect(mail).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    write_account(page, name, f"{name}@example.org")


def test_from_the_home_page_to_an_account(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.goto(platform.url("/"))
    skip_to_the_content(page)
    press(page, link(page, "Why training updates weights"), within=2)
    skip_to_the_content(page)
    press(page, link(page, "Start learning"))
    answer_inline(page)
    press(page, page.get_by_role("link", name="Practise", exact=True))
    practise(page)
    take_the_test(page)
    sign_up(page)
    press(page, button(page, "Yes, move it to my account"))
    told = page.get_by_role("group", name="Messages")
    expect(told).to_be_focused()
    expect(told).to_contain_text("What you did as a guest is now in your account.")
    press(page, page.get_by_role("link", name="Taken", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Test")
    assert complaints == []
