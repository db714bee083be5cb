"""A new teacher, by keyboard alone: a question refused and mended, its key corrected, a setting."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.keyboard import follow, send, tab_to
from tests.browser.keyboard_admin import choose_or_write, expect_told, link, tick, write
from tests.browser.steps import finish
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
STEM = "What does an optimizer change?"
SLUG = "what-does-an-optimizer-change"
REASON = "The key named the wrong option."
TOPIC = "Optimizers: SGD, Adam and RMSprop"


@pytest.fixture
def teacher(page: Page, teachers_platform: RunningPlatform) -> Page:
    """Signed in; the first address is the only one that is typed."""
    page.goto(teachers_platform.url("/admin/"))
    write(page, "login", "teacher")
    write(page, "password", teachers_platform.passwords["teacher"])
    send(page)
    expect_told(page, "signed in as teacher")
    return page


def home(page: Page) -> None:
    follow(page, page.locator(".breadcrumbs").get_by_role("link", name="Home"))


def write_the_question(page: Page) -> None:
    """Published too early, with an option that is not written yet."""
    choose_or_write(page, page.locator("#id_topic"), "Optim")
    write(page, "state", "pub")
    write(page, "stem", STEM)
    write(page, "choices-0-text", "The weights")
    tick(page, "choices-1-correct")
    for field in ("hint", "steps", "answer", "quick_check"):
        write(page, field, "Training changes what the model holds.")
    write(page, "position", "6")
    send(page)


def mend_the_question(page: Page) -> None:
    """From one thing to be mended to the next, by the links that name them."""
    expect(page).to_have_title(re.compile("^Error: "))
    expect_told(page, "Option 2, Text: Write the option, or remove it.")
    tab_to(page, page.get_by_role("link", name="Option 2, Text"), within=1)
    page.keyboard.press("Enter")
    option = page.locator("#id_choices-1-text")
    expect(option).to_have_attribute("aria-invalid", "true")
    choose_or_write(page, option, "The data")
    write(page, "position", "6")
    send(page)
    # The link before left its mark in the address, which must not take the focus from what is told.
    expect_told(
        page, "Options: Cannot be published yet. Say which mistake leads to the wrong option"
    )
    tab_to(page, page.get_by_role("link", name="Options"), within=1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Options", exact=True)).to_be_focused()
    write(page, "choices-0-mistake", "Weights are only read.", within=5)
    write(page, "position", "6")
    send(page)
    expect_told(page, "Learners now see version 1.", SLUG)


def correct_the_key(page: Page) -> None:
    follow(page, page.locator(".told").get_by_role("link", name=SLUG), within=1)
    tick(page, "choices-0-correct")
    write(page, "choices-0-mistake", " ")
    tab_to(page, page.locator("#id_choices-1-correct"))
    page.keyboard.press("Space")
    write(page, "choices-1-mistake", "Data stays as it is.")
    write(page, "position", "6")
    send(page)
    expect_told(page, "Learners now see version 2.")


def grade_again(page: Page) -> None:
    follow(page, page.locator(".told").get_by_role("link", name="See which"), within=2)
    expect(page.get_by_role("main")).to_contain_text("1 finished attempt changes: 1 up, 0 down")
    tab_to(page, page.get_by_role("region", name="Scores that change"))
    tab_to(page, page.get_by_label("Reason"), within=1)
    send(page)
    expect(page).to_have_title(re.compile("^Error: "))
    expect_told(page, "Write a reason: without one nothing is changed.")
    write(page, "reason", REASON, within=1)
    send(page)
    expect_told(page, "1 attempt was graded again.")


def answer_and_finish(student: Page, platform: RunningPlatform) -> None:
    """A student takes the option that the wrong key calls wrong."""
    student.goto(platform.url("/learn/optimizers/practice/6/"))
    student.get_by_label("The weights").check()
    student.get_by_role("button", name="Check the answer").click()
    expect(student.locator(".verdict")).to_contain_text("Not right")
    finish(student)


def set_the_time(page: Page) -> None:
    """A test's time limit, at first one that nobody could keep."""
    follow(page, page.get_by_role("link", name=f"{TOPIC}: test"))
    write(page, "time_limit", "0")
    send(page)
    expect(page).to_have_title(re.compile("^Error: "))
    expect_told(page, "Time limit, in minutes: Give 1 minute or more")
    tab_to(page, page.get_by_role("link", name="Time limit, in minutes"), within=1)
    page.keyboard.press("Enter")
    choose_or_write(page, page.locator("#id_time_limit"), "20")
    send(page)
    expect_told(page, f"{TOPIC}: test", "was changed")


def read_the_statistics(page: Page) -> None:
    """Of the practice, then of the question."""
    follow(page, page.get_by_role("link", name=f"Statistics of the practice of {TOPIC}"))
    expect(page).to_have_title(re.compile("^Statistics: "))
    follow(page, page.get_by_role("link", name="Count every attempt"))
    tab_to(page, page.get_by_role("region", name="Questions"))
    follow(page, page.get_by_role("link", name=SLUG))
    tab_to(page, page.get_by_role("region", name="What was chosen"))
    row = page.get_by_role("row", name="The weights")
    expect(row).to_contain_text("right")
    expect(row).to_contain_text("100 %")


def test_a_question_its_corrected_key_a_setting_and_the_figures(
    teacher: Page, browser: Browser, teachers_platform: RunningPlatform, complaints: list[str]
) -> None:
    follow(teacher, link(teacher, "/question/add/"))
    write_the_question(teacher)
    mend_the_question(teacher)
    student = browser.new_page()
    answer_and_finish(student, teachers_platform)
    correct_the_key(teacher)
    grade_again(teacher)
    student.reload()
    expect(student.get_by_role("main")).to_contain_text(REASON)
    student.close()
    home(teacher)
    follow(teacher, link(teacher, "/quizzes/quiz/"))
    set_the_time(teacher)
    read_the_statistics(teacher)
    follow(teacher, teacher.get_by_role("button", name="Log out"))
    expect(teacher.get_by_role("main")).to_contain_text("You are signed out.")
    assert complaints == []
