"""The teacher's pages held against axe-core's rules, in light and in dark, and fitted
into the narrowest window."""

import json
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from tests.browser import sheets
from tests.browser.axe import violations_in_light_and_dark
from tests.browser.teachers import sign_in
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform
from tests.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
LISTS = ("question", "quiz", "attempt", "answer")
KINDS = ("single", "multiple", "true_false", "numeric")
# So that the finished attempt would now be graded otherwise; prints the question's number.
CHANGE_A_KEY = """
from quizzes.models import Answer
from quizzes.publishing import publish
answer = Answer.objects.filter(
    attempt__state="finished", version__question__kind="single"
).latest("id")
options, [chosen] = answer.version.question.choices.all(), answer.response
right = options.exclude(ident=chosen)[0] if answer.correct else options.get(ident=chosen)
options.update(correct=False, mistake="It is not.")
options.filter(ident=right.ident).update(correct=True, mistake="")
publish(answer.version.question)
print(answer.version.question_id)
"""


class Findings(dict[str, list[str]]):
    """What keeps people from using each page; a page without a finding is left out."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.emulate_media(color_scheme="light", reduced_motion="reduce")

    def look(self, name: str) -> None:
        """At the page that is open, as wide as it is and in the narrowest window."""
        found = violations_in_light_and_dark(self.page) + too_wide(self.page)
        if found:
            self[name] = found


def finish_a_test(page: Page, platform: RunningPlatform) -> None:
    """As a guest who answers everything."""
    sheets.begin(page, platform)
    for number in range(1, sheets.QUESTIONS + 1):
        sheets.give(page, number)
    sheets.expect_saved(page)
    page.get_by_role("button", name="Finish and train").click()
    sheets.expect_result(page)
    page.context.clear_cookies()


def change_a_key(platform: RunningPlatform) -> str:
    """Of a question that was asked in a finished test; its number."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", CHANGE_A_KEY],
        cwd=ROOT,
        env={**platform.environment, "DJANGO_SETTINGS_MODULE": "config.settings.dev"},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.dumps(int(done.stdout.split()[-1]))


def open_first(page: Page, platform: RunningPlatform, address: str) -> None:
    """The first row of a list."""
    page.goto(platform.url(f"/admin/quizzes/{address}"))
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")


def save(page: Page) -> None:
    page.locator("[name=_save]").first.click()
    page.wait_for_load_state()


def test_axe_finds_nothing_while_writing_questions(
    page: Page, teachers_platform: RunningPlatform
) -> None:
    platform, found = teachers_platform, Findings(page)
    page.goto(platform.url("/admin/"))
    page.locator("[name=login]").fill("teacher")
    page.locator("[name=password]").fill("not the password")
    page.locator("[name=password]").press("Enter")
    expect(page.locator("main")).to_contain_text("not correct")
    found.look("sign-in, refused")
    sign_in(page, platform)
    found.look("home")
    for kind in KINDS:
        page.goto(platform.url("/admin/quizzes/question/add/"))
        page.locator("#id_kind").select_option(kind)
        found.look(f"{kind}, new")
        page.locator("#id_state").select_option("published")
        page.locator("#id_stem").fill("What is this?")
        save(page)
        expect(page).to_have_title(re.compile("^Error"))
        found.look(f"{kind}, refused")
        page.goto(platform.url(f"/admin/quizzes/question/?kind__exact={kind}"))
        page.locator("#result_list tbody tr td a", has_text="See it").first.click()
        expect(page.get_by_role("heading", name="After the right answer")).to_be_visible()
        found.look(f"{kind}, preview")
    page.goto(platform.url("/admin/quizzes/question/add/"))
    page.locator("#id_topic").select_option(index=1)
    page.locator("#id_stem").fill("A draft")
    save(page)
    page.locator(".messagelist").get_by_role("link", name="a-draft").click()
    found.look("draft")
    page.get_by_role("link", name="Delete").first.click()
    expect(page.get_by_role("button", name="Delete it")).to_be_visible()
    found.look("draft, about to be deleted")
    assert found == {}


def test_axe_finds_nothing_where_answers_are_judged(
    page: Page, teachers_platform: RunningPlatform
) -> None:
    platform, found = teachers_platform, Findings(page)
    finish_a_test(page, platform)
    question = change_a_key(platform)
    sign_in(page, platform)
    for name in LISTS:
        page.goto(platform.url(f"/admin/quizzes/{name}/"))
        found.look(f"{name} list")
    page.goto(platform.url(f"/admin/quizzes/question/{question}/regrade/"))
    expect(page.get_by_role("region", name="Scores that change")).to_be_visible()
    found.look("regrade")
    page.get_by_role("button", name="Grade them again").click()
    expect(page.locator(".told")).to_contain_text("Write a reason")
    found.look("regrade, refused")
    page.get_by_label("Reason").fill(
        "`compile(keras.optimizers.Adam(learning_rate=0.01))` was meant."
    )
    page.get_by_role("button", name="Grade them again").click()
    page.get_by_role("link", name="History").click()
    expect(page.locator("#change-history")).to_contain_text("graded again")
    found.look("history of a question")
    open_first(page, platform, "answer/?correct__exact=0")
    found.look("answer")
    open_first(page, platform, "attempt/?state__exact=finished")
    found.look("attempt")
    page.get_by_role("link", name="Declare that it does not count").click()
    page.wait_for_url("**/void/")
    found.look("void")
    page.get_by_role("button", name="Declare it void").click()
    expect(page.locator(".told")).to_contain_text("Write a reason")
    found.look("void, refused")
    open_first(page, platform, "quiz/?kind__exact=test")
    found.look("quiz")
    page.locator("#id_time_limit").fill("0")
    save(page)
    expect(page).to_have_title(re.compile("^Error"))
    found.look("quiz, refused")
    page.goto(platform.url("/admin/quizzes/quiz/"))
    page.get_by_role("link", name="Statistics of the test of Optimizers").click()
    found.look("statistics")
    page.get_by_role("region", name="Questions").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    found.look("statistics of a question")
    page.goto(platform.url("/admin/quizzes/quiz/"))
    page.get_by_role("link", name="Statistics of the test of Why").click()
    found.look("statistics of nobody")
    assert found == {}
