"""A stream that is open and says nothing: the page finds out, and shows how the run stands."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_play_run import SPY
from tests.conftest import RunningPlatform
from tests.faults.proxy import silencing_proxy
from tests.patience import LAST_RESORT_MS

pytestmark = [pytest.mark.browser, pytest.mark.launcher]

# What a page hears of a run, by the module that every live page follows it with.
FOLLOW = """async () => {
  const { follow } = await import("/static/js/run-stream.js");
  const { eventsUrl, snapshotUrl } = document.querySelector("[data-run]").dataset;
  window.heard = [];
  const onEvent = ({ seq, name }) => {
    window.heard.push(seq);
    document.body.dataset.heard = name;
  };
  follow({ eventsUrl, snapshotUrl, onEvent, onQueue: () => {} });
}"""


def start(page: Page, address: str) -> None:
    page.goto(f"{address}/experiments/mnist-16/")
    page.get_by_label("Your prediction").fill("90")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/runs/**")


def expect_whole(page: Page) -> None:
    """The page shows the end, and a follower has heard every event once and in order."""
    expect(page.locator("body")).to_have_attribute("data-heard", "end", timeout=LAST_RESORT_MS)
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=LAST_RESORT_MS)
    snapshot = page.request.get(f"{page.url.rstrip('/')}.json").json()
    assert page.evaluate("heard") == [it["id"] for it in snapshot["events"]]


@pytest.mark.parametrize("most", [0, 400, 9000], ids=["holds all", "head only", "first 9 kB"])
def test_a_proxy_that_lets_the_stream_fall_silent(
    page: Page, platform: RunningPlatform, most: int
) -> None:
    with silencing_proxy(urlsplit(platform.address).port or 0, most) as proxy:
        start(page, f"http://127.0.0.1:{proxy.port}")
        page.evaluate(FOLLOW)
        expect_whole(page)
        assert proxy.streams
        assert proxy.swallowed


def refused(route: Route) -> None:
    route.fulfill(status=503, headers={"Retry-After": "5"}, body="{}")


def signed_in_elsewhere(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to our network</h1>")


def ended_early(route: Route) -> None:
    body = "retry: 100\n\n"
    route.fulfill(status=200, content_type="text/event-stream", body=body)


def gone(route: Route) -> None:
    route.abort("connectionfailed")


@pytest.mark.parametrize("answer", [refused, signed_in_elsewhere, ended_early, gone])
def test_a_stream_that_is_no_stream(
    page: Page, platform: RunningPlatform, answer: Callable[[Route], None]
) -> None:
    page.route("**/events*", answer)
    start(page, platform.address.rstrip("/"))
    page.evaluate(FOLLOW)
    expect_whole(page)


def test_a_stream_comes_back_where_the_network_does(page: Page, platform: RunningPlatform) -> None:
    """Refused at first: the page tries again, and hears the rest by the stream."""
    page.add_init_script(SPY)
    page.route("**/events*", refused, times=1)
    page.route("**/*.json*", gone)
    start(page, platform.address.rstrip("/"))
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=LAST_RESORT_MS)
    assert page.evaluate("streams.length") > 1


def test_a_network_that_wants_a_sign_in_draws_nothing_into_the_page(
    page: Page, platform: RunningPlatform
) -> None:
    """Its answer to the fragment is dropped, and asked for again."""
    page.route("**/runs/*/?part*", signed_in_elsewhere, times=2)
    start(page, platform.address.rstrip("/"))
    expect(page.locator("[data-run-words]")).to_contain_text("Finished", timeout=LAST_RESORT_MS)
    expect(page.get_by_text("Welcome to our network")).to_have_count(0)
