"""Sent without a connection, a form stays, and says by its button what was not done."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import sheets
from tests.browser.axe import violations
from tests.browser.sheets import TEST, expect_saved, give, given
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
EXPERIMENT = "/experiments/mnist-64/"
PRACTICE = "/learn/why-training-updates-weights/practice/"
FINISH = "Finish and train"
# Where a form stands, and the button that sends it.
FORMS = [
    (TEST, "Start the test"),
    (EXPERIMENT, "Start the run"),
    ("/experiments/optimizers-adam/", "Race all three"),
    (EXPERIMENT, "Sweep the learning rate"),
    ("/accounts/signup/", "Sign Up"),
    ("/accounts/login/", "Sign In"),
    ("/accounts/login/", "Sign in with a passkey"),
    ("/accounts/password/reset/", "Reset My Password"),
]


def told(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="onnection")


def cut_off(page: Page) -> None:
    page.context.set_offline(True)
    page.wait_for_function("() => !navigator.onLine")


def connect(page: Page) -> None:
    page.context.set_offline(False)
    page.wait_for_function("() => navigator.onLine")


def is_by(button: Locator, words: Locator) -> bool:
    """Whether the words are to be read where the button was pressed."""
    one, other = button.bounding_box(), words.bounding_box()
    assert one is not None
    assert other is not None
    return abs(other["y"] - one["y"]) < 3 * one["height"]


def test_a_test_that_could_not_be_finished_says_so_until_it_is(sheet: Page) -> None:
    finish = sheet.get_by_role("button", name=FINISH)
    give(sheet, 1)
    expect_saved(sheet)
    address, before = sheet.url, given(sheet)
    cut_off(sheet)
    finish.click()
    expect(told(sheet)).to_contain_text("Not finished: there is no connection.")
    expect(told(sheet)).to_contain_text("press the button again once the connection is back")
    expect(finish).to_be_focused()
    assert is_by(finish, told(sheet))
    wrong = violations(sheet) + too_wide(sheet)
    connect(sheet)
    expect_saved(sheet)
    expect(told(sheet)).to_have_text(
        "Not finished yet. The connection is back: press the button again."
    )
    assert (sheet.url, given(sheet)) == (address, before)
    finish.click()
    sheets.expect_result(sheet)
    expect(told(sheet)).to_have_count(0)
    assert wrong == []


def test_a_test_that_was_overtaken_meanwhile_asks_for_no_other_press(sheet: Page) -> None:
    other = sheet.context.new_page()
    other.goto(sheet.url)
    give(other, 1)
    expect_saved(other)
    # The browser of both is the same: only this page's requests fail.
    sheet.route("**/attempts/**", lambda route: route.abort())
    give(sheet, 2)
    expect(sheets.state(sheet)).to_have_text(sheets.WAITING)
    sheet.get_by_role("button", name=FINISH).click()
    expect(told(sheet)).to_contain_text("Not finished: there is no connection.")
    sheet.unroute("**/attempts/**")
    expect(sheets.state(sheet)).to_contain_text("This page stopped saving.")
    expect(told(sheet)).to_have_count(0)


@pytest.mark.parametrize(("path", "name"), FORMS)
def test_a_form_stays_and_is_sent_by_the_next_press(
    page: Page, platform: RunningPlatform, path: str, name: str
) -> None:
    address = platform.url(path)
    page.goto(address)
    for field in page.locator("main input:visible[required]").all():
        field.fill("kept@example.org")
    typed = page.locator("main input").evaluate_all("them => them.map(one => one.value)")
    button = page.locator("main").get_by_role("button", name=name, exact=True)
    cut_off(page)
    button.click()
    expect(told(page)).to_contain_text("Not sent: there is no connection.")
    assert is_by(button, told(page))
    assert page.url == address
    assert page.locator("main input").evaluate_all("them => them.map(one => one.value)") == typed
    wrong = violations(page) + too_wide(page)
    connect(page)
    expect(told(page)).to_contain_text("Not sent yet. The connection is back")
    assert wrong == []


def test_a_run_is_started_once_the_connection_is_back_and_its_page_stays_too(
    page: Page, platform: RunningPlatform
) -> None:
    page.goto(platform.url(EXPERIMENT))
    page.get_by_label("Your prediction").fill("71")
    cut_off(page)
    page.get_by_role("button", name="Start the run").click()
    expect(told(page)).to_contain_text("Not sent: there is no connection.")
    connect(page)
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/**")
    address = page.url
    cut_off(page)  # it shows the run as it was, however soon that ends
    page.get_by_role("button", name="Cancel the run").click()
    expect(told(page)).to_contain_text("Not sent: there is no connection.")
    assert page.url == address


def test_practice_that_could_not_be_finished_says_so(page: Page, platform: RunningPlatform) -> None:
    page.goto(platform.url(f"{PRACTICE}1/"))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Check the answer").click()
    expect(page.locator(".verdict")).to_contain_text("ight")
    page.goto(platform.url(f"{PRACTICE}5/"))
    page.get_by_label("Your prediction").fill("71")
    cut_off(page)
    page.get_by_role("button", name=FINISH).click()
    expect(told(page)).to_contain_text("Not finished: there is no connection.")
    expect(page.get_by_label("Your prediction")).to_have_value("71")
    connect(page)
    page.get_by_role("button", name=FINISH).click()
    page.wait_for_url("**/result/")


def test_what_htmx_sends_keeps_its_own_words(page: Page, platform: RunningPlatform) -> None:
    page.goto(platform.url(f"{PRACTICE}1/"))
    page.get_by_role("radio").first.check()
    cut_off(page)
    page.get_by_role("button", name="Check the answer").click()
    expect(page.get_by_role("alert")).to_contain_text(["That did not reach the server."])
    expect(told(page)).to_have_count(0)


def test_a_server_on_ones_own_machine_is_reached_without_a_network(
    page: Page, platform: RunningPlatform
) -> None:
    """The browser says that it has no network, as on a train; the server is beside it."""
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false });"
    )
    page.goto(platform.url("/learn/optimizers/test/"))
    page.get_by_role("button", name="Start the test").click()
    page.wait_for_url("**/attempts/**")
    for number in range(1, sheets.QUESTIONS + 1):
        give(page, number)
    page.get_by_role("button", name=FINISH).click()
    sheets.expect_result(page)
