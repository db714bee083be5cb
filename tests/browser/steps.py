"""What a student does, step by step, in a browser."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.factories import PASSWORD
from tests.patience import LAST_RESORT_MS

TRAINS = LAST_RESORT_MS


def read_lesson(page: Page, home: str) -> None:
    """Home, the first topic, its experiment."""
    page.goto(home)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="Why training updates weights").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why training updates weights")
    page.get_by_role("link", name="Start learning").first.click()
    expect(page).to_have_url(home + "learn/why-training-updates-weights/experiment/")


def begin_practice(page: Page) -> None:
    page.get_by_role("link", name="practi").first.click()
    expect(page.get_by_role("group").first).to_contain_text("Question 1 of 5")


def answer(page: Page, option: int = 0) -> None:
    """Chooses an option and checks it; the verdict is there in words."""
    page.get_by_role("radio").nth(option).check()
    page.get_by_role("button", name="Check the answer").click()
    expect(page.locator(".verdict")).to_contain_text("ight")


def finish(page: Page, prediction: str = "90") -> None:
    page.get_by_label("Your prediction").fill(prediction)
    page.get_by_role("button", name="Finish and train").click()
    page.wait_for_url("**/result/")


def sign_up(page: Page) -> str:
    """Fills in the form of a new account on the page before them; its name."""
    name = f"new-{uuid.uuid4().hex[:8]}"
    page.get_by_label("Username").fill(name)
    page.get_by_label("Email").fill(f"{name}@example.org")
    for label in ("Password:", "Password (again):"):
        page.get_by_label(label).fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign Up").click()
    page.wait_for_url("**/me/")
    return name


@contextmanager
def scripts_under_way(page: Page) -> Iterator[None]:
    """Pages that are opened meanwhile get their scripts at the end: `goto` them until "commit"."""
    held: list[Route] = []
    are_held = True

    def hold(route: Route) -> None:
        if are_held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/static/js/**", hold)
    yield
    are_held = False
    for route in held:
        route.continue_()
