"""A teacher's browser."""

from playwright.sync_api import Page

from tests.conftest import RunningPlatform


def sign_in(page: Page, platform: RunningPlatform) -> None:
    """To the authoring pages, as the demo teacher."""
    page.goto(platform.url("/admin/"))
    page.locator("[name=login]").fill("teacher")
    page.locator("[name=password]").fill(platform.passwords["teacher"])
    page.locator("main button[type=submit], main form button").first.click()
    page.wait_for_url("**/admin/")
