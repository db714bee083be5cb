"""The form of an experiment in a browser: its estimate, and a refusal that is seen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.widths import too_wide
from tests.conftest import RunningPlatform

pytestmark = [pytest.mark.browser, pytest.mark.launcher]


def test_quick_changes_leave_no_error_and_the_last_is_what_is_estimated(
    page: Page, platform: RunningPlatform
) -> None:
    errors: list[str] = []
    page.on("console", lambda told: errors.append(told.text) if told.type == "error" else None)
    page.goto(platform.url("/experiments/mnist-64/"))
    page.get_by_label("Hidden layers").select_option("[16]")
    expect(page.locator("#estimate")).to_contain_text("With these choices:")
    small = page.locator("#estimate b").first.inner_text()
    # Two more changes before the first is answered.
    page.evaluate(
        """() => {
          const [layers, other] = document.querySelectorAll(".run-permits select");
          const change = (select, index) => {
            select.selectedIndex = index;
            select.dispatchEvent(new Event("change", { bubbles: true }));
          };
          change(layers, layers.options.length - 1);
          change(other, other.options.length - 1);
          change(layers, 0);
          change(layers, layers.options.length - 1);
        }"""
    )
    expect(page.locator("#estimate b").first).not_to_have_text(small)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    assert errors == []


def test_a_refusal_is_in_view_and_has_the_focus(page: Page, platform: RunningPlatform) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(platform.url("/experiments/optimizers-adam/"))
    for field in page.locator("form[action$='/sweep/'] [name=request_key]").all():
        field.evaluate("field => { field.value = 'none'; }")
    page.get_by_role("button", name="Sweep the learning rate").click()
    told = page.get_by_role("group", name="Nothing was started")
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    assert violations(page) + too_wide(page) == []
    page.goto(page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("This address only accepts a form")
    assert violations(page) + too_wide(page) == []
    page.get_by_role("link", name="Open the page").click()
    expect(page).to_have_url(platform.url("/experiments/optimizers-adam/"))
