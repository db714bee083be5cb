"""What is typed for the run of a test or a practice set stays, also without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.sheets import WAITING, expect_result, expect_saved, expire_in, give, state
from tests.browser.steps import TRAINS
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


def prediction(page: Page) -> Locator:
    return page.get_by_label("Your prediction, in percent")


def seed(page: Page) -> Locator:
    return page.locator("[name=seed]")


def fill(page: Page, percent: str = "80", number: str = "5") -> None:
    prediction(page).fill(percent)
    seed(page).fill(number)


def expect_typed(page: Page, percent: str = "80", number: str = "5") -> None:
    expect(prediction(page)).to_have_value(percent)
    expect(seed(page)).to_have_value(number)


def test_it_survives_a_reload_and_is_in_a_new_tab(sheet: Page, complaints: list[str]) -> None:
    fill(sheet)
    expect_saved(sheet)
    expect(sheet.locator(".sheet-side")).to_contain_text("0 of 10 answered")
    sheet.reload()
    expect_typed(sheet)
    other = sheet.context.new_page()
    other.goto(sheet.url)
    expect_typed(other)
    assert complaints == []


def test_it_survives_leaving_right_after_the_last_key(sheet: Page) -> None:
    address = sheet.url
    prediction(sheet).press_sequentially("79,5")
    sheet.get_by_role("link", name="Weightwise").first.click()
    sheet.wait_for_url(lambda url: url != address)
    sheet.goto(address)
    expect(prediction(sheet)).to_have_value("79,5")


def test_to_go_on_later_keeps_it(sheet: Page) -> None:
    address = sheet.url
    fill(sheet)
    sheet.get_by_role("button", name="Save and continue later").click()
    sheet.wait_for_url("**/me/")
    sheet.goto(address)
    expect_typed(sheet)


def test_without_a_network_it_is_kept_here(sheet: Page) -> None:
    sheet.context.set_offline(True)
    fill(sheet)
    expect(state(sheet)).to_have_text(WAITING)
    sheet.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    sheet.context.set_offline(False)
    sheet.reload()
    expect_typed(sheet)
    expect_saved(sheet)
    expect(sheet.locator("[data-save-note]")).to_contain_text("is back on this page")


def test_an_overtaken_tab_is_told_and_its_fields_are_locked(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    fill(sheet)
    expect_saved(sheet)
    prediction(other).fill("10")
    expect(state(other)).to_contain_text("the prediction or the seed was changed in another tab")
    expect(prediction(other)).to_be_disabled()
    other.get_by_role("link", name="Reload").click()
    expect(other.locator("[data-save-note]")).to_contain_text("prediction or seed")
    expect_typed(other)


@pytest.mark.parametrize("name", ["Save", "Save and continue later"])
def test_a_plain_save_keeps_it(plain_sheet: Page, name: str) -> None:
    address = plain_sheet.url
    fill(plain_sheet)
    give(plain_sheet, 1)
    plain_sheet.get_by_role("button", name=name, exact=True).click()
    expect(plain_sheet.locator(".messages")).to_contain_text("Your answers are saved.")
    plain_sheet.goto(address)
    expect_typed(plain_sheet)


def test_a_plain_page_trains_with_it(plain_sheet: Page) -> None:
    fill(plain_sheet, "62.5", "7")
    plain_sheet.get_by_role("button", name="Save", exact=True).click()
    plain_sheet.get_by_role("button", name="Finish and train").click()
    expect_result(plain_sheet)
    expect(plain_sheet.locator("main")).to_contain_text("Your prediction")
    expect(plain_sheet.locator("main")).to_contain_text("62.5")


def test_the_clock_takes_it_along(sheet: Page, platform: RunningPlatform) -> None:
    fill(sheet)
    expect_saved(sheet)
    expire_in(sheet, platform, -1)
    sheet.reload()
    expect_result(sheet)
    expect(sheet.locator("main")).to_contain_text("Your prediction")


LAST = "/learn/optimizers/practice/5/"


@pytest.fixture(params=["htmx", "plain"])
def last_question(
    request: pytest.FixtureRequest, browser: Browser, platform: RunningPlatform
) -> Iterator[Page]:
    """The last question of a practice set that has begun."""
    context = browser.new_context(java_script_enabled=request.param == "htmx")
    page = context.new_page()
    page.goto(platform.url("/learn/optimizers/practice/1/"))
    give_alone(page)
    check(page)
    expect(page.locator(".verdict")).to_be_visible()
    page.goto(platform.url(LAST))
    yield page
    context.close()


def give_alone(page: Page) -> None:
    """Answers the question of a page that has one."""
    first = page.locator("[name=choice]").first
    if first.get_attribute("type") == "text":
        first.fill("7")
    else:
        first.check()


def check(page: Page) -> None:
    page.get_by_role("button", name="Check the answer").click()


def test_a_check_of_practice_keeps_it(last_question: Page, complaints: list[str]) -> None:
    fill(last_question)
    give_alone(last_question)
    check(last_question)
    expect(last_question.locator(".verdict")).to_be_visible()
    expect_typed(last_question)
    last_question.goto(last_question.url)
    expect_typed(last_question)
    last_question.get_by_role("button", name="Finish and train").click()
    last_question.wait_for_url("**/result/", timeout=TRAINS)
    expect(last_question.locator("main")).to_contain_text("Your prediction")
    assert complaints == []


def test_a_check_that_is_refused_keeps_it(last_question: Page) -> None:
    fill(last_question)
    check(last_question)
    expect(last_question.locator("#ask .error:visible")).to_be_visible()
    expect_typed(last_question)
    give_alone(last_question)
    check(last_question)
    expect(last_question.locator(".verdict")).to_be_visible()
    expect_typed(last_question)


def test_a_finish_leaves_the_page_and_takes_the_choice_along(last_question: Page) -> None:
    fill(last_question)
    give_alone(last_question)
    last_question.get_by_role("button", name="Finish and train").click()
    last_question.wait_for_url("**/result/", timeout=TRAINS)
    expect(last_question.locator("main")).to_contain_text("Your prediction")
    reviewed = last_question.locator(".review .card").last
    expect(reviewed).not_to_contain_text("Not answered")


def test_what_is_typed_while_a_check_is_under_way_stays(
    page: Page, platform: RunningPlatform
) -> None:
    page.goto(platform.url("/learn/optimizers/practice/1/"))
    give_alone(page)
    check(page)
    expect(page.locator(".verdict")).to_be_visible()
    page.goto(platform.url(LAST))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/practice/5/", hold)
    give_alone(page)
    with page.expect_request("**/practice/5/"):
        check(page)
    fill(page)
    [route] = held
    route.continue_()
    expect(page.locator(".verdict")).to_be_visible()
    expect_typed(page)


def test_choices_beside_the_inline_question_that_is_checked_stay(
    page: Page, platform: RunningPlatform, complaints: list[str]
) -> None:
    page.goto(platform.url("/learn/optimizers/pipeline/"))
    questions = [page.locator(f"#inline-{number}") for number in (1, 2, 3)]
    questions[0].get_by_role("button", name="Check").click()
    expect(questions[0].locator(".error:visible")).to_be_focused()
    for question in questions:
        question.get_by_role("radio").last.check()
    for number in (1, 0, 2):
        questions[number].get_by_role("button", name="Check").click()
        expect(questions[number].locator(".verdict")).to_be_focused()
        for left in {1: (0, 2), 0: (2,), 2: ()}[number]:
            expect(questions[left].get_by_role("radio").last).to_be_checked()
    page.get_by_role("button", name="Try the questions again").click()
    expect(page.locator("#inline-quiz :checked")).to_have_count(0)
    refused = {text for text in complaints if "422" not in text}
    assert refused == set()


def test_a_slip_in_it_stops_no_check(last_question: Page) -> None:
    prediction(last_question).fill("150")
    give_alone(last_question)
    check(last_question)
    expect(last_question.locator(".verdict")).to_contain_text("ight")
    expect(prediction(last_question)).to_have_value("150")


def test_a_slip_in_it_stops_no_leaving(plain_sheet: Page) -> None:
    prediction(plain_sheet).fill("150")
    plain_sheet.get_by_role("button", name="Save and").click()
    plain_sheet.wait_for_url("**/me/")
