"""A teacher is asked before a page is left on which something is unsaved."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.steps import scripts_under_way
from tests.browser.teachers import sign_in
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


@contextmanager
def answering(page: Page, *, leave: bool) -> Iterator[list[str]]:
    """What the browser asks meanwhile, each time answered with `leave`."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        if leave:
            dialog.accept()
        else:
            dialog.dismiss()

    page.on("dialog", answer)
    yield asked
    page.remove_listener("dialog", answer)


@pytest.fixture
def question(page: Page, teachers_platform: RunningPlatform) -> Page:
    sign_in(page, teachers_platform)
    page.goto(teachers_platform.url("/admin/quizzes/question/"))
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_url("**/change/**")
    return page


def see_it(page: Page) -> None:
    page.get_by_role("link", name="See it as learners will").click()


def test_what_is_unsaved_is_not_left_without_a_question(question: Page) -> None:
    question.locator("#id_stem").fill("What was never saved?")
    question.locator("#id_stem").press("Home")  # a browser asks only whom it saw at work
    address = question.url
    with answering(question, leave=False) as asked:
        see_it(question)
        expect(question.locator("#id_stem")).to_have_value("What was never saved?")
    assert (asked, question.url) == (["beforeunload"], address)


def test_what_was_written_before_the_scripts_were_there_is_unsaved_too(question: Page) -> None:
    with scripts_under_way(question):
        question.reload(wait_until="commit")
        question.locator("#id_stem").fill("What was never saved?")
        question.locator("#id_stem").press("Home")
    question.wait_for_load_state("load")
    with answering(question, leave=False) as asked:
        see_it(question)
    assert asked == ["beforeunload"]
    expect(question.locator("#id_stem")).to_have_value("What was never saved?")


def test_what_is_untouched_or_saved_is_left_at_once(question: Page) -> None:
    with answering(question, leave=False) as asked:
        see_it(question)
        question.wait_for_url("**/preview/")
        question.go_back()
        question.locator("#id_stem").press("Space")
        question.locator("[name=_continue]").first.click()
        expect(question.locator(".told")).to_contain_text("changed")
        see_it(question)
        question.wait_for_url("**/preview/")
    assert asked == []


def test_a_refused_form_still_holds_what_is_unsaved(question: Page) -> None:
    question.locator("#id_stem").fill("")
    question.locator("[name=_save]").first.click()
    expect(question.locator(".errorlist").first).to_be_visible()
    with answering(question, leave=True) as asked:
        see_it(question)
        question.wait_for_url("**/preview/")
    assert asked == ["beforeunload"]
