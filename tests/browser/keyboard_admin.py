"""The authoring pages by keyboard alone: their fields, and what they tell."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import tab_to


def link(page: Page, address: str) -> Locator:
    """The first link in the page's content whose address ends like this."""
    return page.locator(f"main a[href$='{address}']").first


def write(page: Page, field: str, text: str, within: int = 60) -> None:
    """Goes to a field by Tab and writes in place of what is there; in a list, it chooses."""
    target = page.locator(f"#id_{field}")
    tab_to(page, target, within)
    choose_or_write(page, target, text)


def choose_or_write(page: Page, target: Locator, text: str) -> None:
    """The same in the field that has the focus already."""
    expect(target).to_be_focused()
    if target.evaluate("element => element.tagName") == "SELECT":
        page.keyboard.type(text)
        expect(target.locator("option:checked")).to_contain_text(text)
    else:
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(text)


def tick(page: Page, field: str, within: int = 60) -> None:
    """Goes to a box by Tab and ticks it."""
    box = page.locator(f"#id_{field}")
    tab_to(page, box, within)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def expect_told(page: Page, *texts: str) -> None:
    """What the page has to say has the focus, and says this."""
    told = page.locator(".told")
    expect(told).to_be_focused()
    for text in texts:
        expect(told).to_contain_text(text)
