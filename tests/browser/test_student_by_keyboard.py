"""A new student's way by keyboard alone: lesson, practice, test, progress, account, and back."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sheets
from tests.browser.keyboard import answer, press, tab_to, write
from tests.browser.steps import TRAINS
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
PASSWORD = "a-long-enough-pass-7"
REFUSED = "#ask .error:not([hidden])"


def read_and_be_asked(page: Page) -> None:
    """From the home page through the lesson's questions; it ends on the first practice question."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press(page, page.get_by_role("link", name=re.compile("^Start with")))
    press(page, page.get_by_role("link", name="Start learning"))
    for number in range(1, 4):
        question = page.locator(f"#inline-{number}")
        answer(page, "choice", question)
        press(page, question.get_by_role("button", name="Check"))
        expect(question.locator(".verdict")).to_be_focused()
    expect(page.locator("#read")).to_contain_text("You have read this lesson")
    press(page, page.get_by_role("link", name="Practise", exact=True))


def practise(page: Page) -> None:
    """All practice questions; the focus follows from question to verdict to question."""
    ask = page.locator("#ask")
    press(page, page.get_by_role("button", name="Check the answer"))
    expect(page.locator(REFUSED)).to_be_focused()
    for number in range(1, 6):
        expect(page.get_by_role("group").first).to_contain_text(f"Question {number} of 5")
        if number > 1:
            expect(ask).to_be_focused()
        answer(page, "choice", ask)
        press(page, page.get_by_role("button", name="Check the answer"))
        expect(page.locator(".verdict")).to_be_focused()
        if number < 5:
            assert press(page, page.get_by_role("link", name="Next question")) <= 3
    write(page, page.get_by_label("Your prediction"), "900")
    page.keyboard.press("Enter")  # the browser says what is wrong, and stays
    expect(page.get_by_label("Your prediction")).to_be_focused()
    write_here(page, "80")
    page.wait_for_url("**/result/")


def write_here(page: Page, text: str) -> None:
    """Corrects the field that has the focus, and sends its form."""
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def be_tested(page: Page) -> None:
    """One answer by way of the navigator, one flag, and the end."""
    press(page, page.get_by_role("link", name="Test yourself"))
    press(page, page.get_by_role("button", name="Start the test"))
    press(page, page.get_by_role("link", name=re.compile("^Question 7")))
    card = page.locator("#question-7")
    expect(card).to_be_focused()
    answer(page, "choice-7", card)
    press(page, sheets.flag(page, 7), "Space")
    sheets.expect_saved(page)
    expect(
        page.get_by_role("link", name=re.compile(r"^Question 7.*answered.*flagged"))
    ).to_be_visible()
    press(page, page.get_by_role("button", name="Finish and train"))
    sheets.expect_result(page)
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=TRAINS)


def sign_up(page: Page, name: str) -> None:
    """Refused once: what is wrong has the focus, leads to its field, and is in the title."""
    press(page, page.get_by_role("link", name="My progress"))
    press(page, page.get_by_role("navigation").get_by_role("link", name="Sign up"))
    write(page, page.get_by_label("Username"), "student")
    write(page, page.get_by_label("Email"), f"{name}@example.org")
    for field in ("Password:", "Password (again):"):
        write(page, page.get_by_label(field), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".form-errors")).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    press(page, page.locator(".form-errors").get_by_role("link", name="Username"))
    expect(page.get_by_label("Username")).to_be_focused()
    expect(page.get_by_label("Username")).to_have_accessible_description(re.compile("exists"))
    page.keyboard.press("Control+a")
    page.keyboard.type(name)
    for field in ("Password:", "Password (again):"):
        write(page, page.get_by_label(field), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me/")


def claim(page: Page) -> None:
    """Looks at what refusing would do, decides later, and takes the work over."""
    expect(page.get_by_role("list", name="Messages")).to_be_focused()
    press(page, page.get_by_role("link", name="No, it is not mine"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Remove the guest’s work?")
    expect(page.get_by_role("button", name="Yes, move it to my account")).to_have_count(0)
    press(page, page.get_by_role("link", name="Decide later"))
    press(page, page.get_by_role("button", name="Yes, move it to my account"))
    expect(page.get_by_role("list", name="Messages")).to_be_focused()
    expect(page.locator(".messages")).to_have_text(re.compile("now in your account"))
    expect(page.get_by_role("link", name=re.compile("^Why training .*test, "))).to_have_count(1)


def close_menu(page: Page) -> None:
    """By Escape, and by going elsewhere."""
    sign_out = page.get_by_role("button", name="Sign out")
    expect(sign_out).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu > summary")).to_be_focused()
    expect(sign_out).to_be_hidden()
    page.keyboard.press("Enter")
    expect(sign_out).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(sign_out).to_be_hidden()


def leave_and_return(page: Page, name: str) -> None:
    press(page, page.get_by_role("link", name="delete it for good"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Delete my data")
    press(page, page.get_by_role("link", name="Keep it"))
    press(page, page.locator(".menu > summary"))
    close_menu(page)
    press(page, page.locator(".menu > summary"))
    press(page, page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("list", name="Messages")).to_be_focused()
    press(page, page.get_by_role("link", name="Sign in", exact=True))
    write(page, page.get_by_label("Login:"), name)
    write(page, page.get_by_label("Password:"), "wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".form-errors")).to_be_focused()
    write(page, page.get_by_label("Password:"), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Messages")).to_be_focused()


def test_a_new_student_needs_no_mouse(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    name = f"keys-{uuid.uuid4().hex[:8]}"
    page.goto(platform.address)
    read_and_be_asked(page)
    practise(page)
    be_tested(page)
    sign_up(page, name)
    claim(page)
    leave_and_return(page, name)
    tab_to(
        page, page.get_by_role("heading", name="My data").locator("..").get_by_role("link").first
    )
    # The browser logs the refusal of the check without a choice, and nothing else.
    assert ["422" in complaint for complaint in complaints] == [True]
