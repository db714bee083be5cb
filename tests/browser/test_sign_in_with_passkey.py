"""Passkeys in a browser, with an authenticator that the browser itself plays."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def home(page: Page, platform: RunningPlatform) -> str:
    """The platform by its name: a passkey belongs to a name, never to a number."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return platform.address.replace("127.0.0.1", "localhost")


def sign_in(page: Page, home: str, password: str) -> None:
    page.goto(home + "accounts/login/")
    page.get_by_label("Login").fill("student")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign In", exact=True).click()


def sign_out(page: Page, home: str) -> None:
    page.goto(home + "accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign Out").click()


def test_a_passkey_is_added_signs_in_alone_and_is_the_second_step(
    page: Page, home: str, platform: RunningPlatform, complaints: list[str]
) -> None:
    password = platform.passwords["student"]
    sign_in(page, home, password)
    page.goto(home + "accounts/2fa/")
    wrong = {"index": violations(page) + too_wide(page)}
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()
    wrong["add"] = violations(page) + too_wide(page)
    page.get_by_label("A name for it").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    wrong["codes"] = violations(page) + too_wide(page)
    page.goto(home + "accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="My laptop")).to_be_visible()
    wrong["list"] = violations(page) + too_wide(page)

    sign_out(page, home)
    page.goto(home + "accounts/login/?next=/me/runs/")
    wrong["sign in"] = violations(page) + too_wide(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(home + "me/runs/")

    sign_out(page, home)
    sign_in(page, home, password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    wrong["second step"] = violations(page) + too_wide(page)
    page.get_by_role("button", name="Use a passkey or security key").click()
    expect(page).to_have_url(home + "me/")

    page.goto(home + "accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove My laptop").click()
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Use a passkey or security key").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("You have not added any.")).to_be_visible()
    assert {name: found for name, found in wrong.items() if found} == {}
    assert complaints == []


def test_a_device_that_refuses_is_told_in_words(page: Page, home: str) -> None:
    page.goto(home.replace("localhost", "127.0.0.1") + "accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("or http://localhost")


def test_too_many_from_an_address_are_told_in_words(page: Page, home: str) -> None:
    """Played here: what an address has used up, other tests would miss for a minute."""
    told = {"Retry-After": "34"}
    page.route("**/webauthn/login/", lambda route: route.fulfill(status=429, headers=told))
    page.goto(home + "accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("too many have tried from your network address")
    expect(refused).to_contain_text(
        "Wait 34 seconds, then try again, or sign in with your password"
    )
