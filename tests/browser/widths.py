"""Whether a page fits its window, also with the spacing that some readers need."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

NARROWEST = 320  # CSS pixels: a window of 1280 at 400 %, WCAG 1.4.10
# WCAG 1.4.12. As a sheet of the document's own, because our policy forbids styles in the page.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important; }
    p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
AS_IT_WAS = "() => { document.adoptedStyleSheets = []; }"
# What is meant for screen readers alone is a pixel wide and cut off on purpose.
CUT_OFF = """() => [...document.querySelectorAll('body *')]
  .filter(it => it.checkVisibility() && it.clientWidth > 1 && it.scrollWidth > it.clientWidth + 1
    && ['clip', 'hidden'].includes(getComputedStyle(it).overflowX))
  .map(it => `${it.tagName.toLowerCase()}.${it.className}`)"""


def too_wide(page: Page) -> list[str]:
    """What keeps the page from fitting the narrowest window; the page then is as it was."""
    with _narrow(page):
        plain = _excess(page)
        page.evaluate(SPACED)
        spaced = [f"with wide spacing: {it}" for it in _excess(page)]
        page.evaluate(AS_IT_WAS)
    return plain + spaced


@contextmanager
def _narrow(page: Page) -> Iterator[None]:
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": 740})
    yield
    if before:
        page.set_viewport_size(before)


def _excess(page: Page) -> list[str]:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    wide = [f"{width} px wide in a window of {NARROWEST}"] if width > NARROWEST else []
    cut_off: list[str] = page.evaluate(CUT_OFF)
    return wide + [f"{place} cuts off what it holds" for place in cut_off]
