"""A teacher adds a sixth practice question, a student answers it, the next start keeps it."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import answer
from tests.browser.teachers import sign_in
from tests.conftest import RunningPlatform
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
# Of its own: another test adds a sixth question to the other topic.
TOPIC = "Why training updates weights"
SIXTH = "Which tensor does an optimizer change?"


@pytest.fixture
def teacher(browser: Browser, teachers_platform: RunningPlatform) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, teachers_platform)
    yield page
    context.close()


def write_question(page: Page) -> None:
    page.locator("#id_topic").select_option(label=TOPIC)
    page.locator("#id_stem").fill(SIXTH)
    page.locator("#id_slug").fill("which-tensor-changes")
    for field in ("hint", "steps", "answer", "quick_check"):
        page.locator(f"#id_{field}").fill("The model holds it, and training changes it.")
    page.locator("#id_state").select_option("published")
    page.locator("#id_position").fill("6")
    for at, text in enumerate(("A variable of the model", "A batch of rows")):
        page.locator(f"#id_choices-{at}-text").fill(text)
    page.locator("#id_choices-1-mistake").fill("Rows are read, never written.")


def test_a_sixth_question(teacher: Page, page: Page, teachers_platform: RunningPlatform) -> None:
    platform = teachers_platform
    teacher.goto(platform.url("/admin/quizzes/question/add/"))
    write_question(teacher)
    teacher.locator("[name=_save]").first.click()
    expect(teacher.locator(".errorlist").first).to_contain_text("Mark exactly one option as right")
    teacher.locator("#id_choices-0-correct").check()
    teacher.locator("[name=_save]").first.click()
    expect(teacher.locator(".messagelist")).to_contain_text("Learners now see version 1")

    page.goto(platform.url("/learn/why-training-updates-weights/practice/6/"))
    expect(page.locator("main")).to_contain_text(SIXTH)
    answer(page)

    again = subprocess.run(
        [sys.executable, "manage.py", "prepare", "--demo"],
        cwd=ROOT,
        env={**platform.environment, "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "Demo account" not in again.stdout  # its passwords are shown once
    page.goto(platform.url("/learn/why-training-updates-weights/practice/6/"))
    expect(page.locator("main")).to_contain_text(SIXTH)
