"""Whether a page fits its window."""

from playwright.sync_api import Page

NARROWEST = 320  # CSS pixels: a window of 1280 at 400 %, WCAG 1.4.10


def too_wide(page: Page) -> list[str]:
    """What keeps the page from fitting the narrowest window; the window then is as it was."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 740})
    width: int = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    return [f"{width} px wide in a window of {NARROWEST}"] if width > NARROWEST else []
