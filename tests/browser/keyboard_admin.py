"""The authoring pages by keyboard alone: where the focus goes, and that it can be seen."""

from playwright.sync_api import Locator, Page, expect

IS_FOCUSED = "element => element === document.activeElement"
# What is wrong with the focus as it is shown; nothing while it is on no element.
UNSEEN = """() => {
  const element = document.activeElement;
  if (element === document.body) return "";
  const { display, outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const found = document.elementFromPoint(
    Math.max(box.left, 0) + Math.min(box.width, 20) / 2,
    Math.max(box.top, 0) + Math.min(box.height, 20) / 2,
  );
  const name = element.outerHTML.slice(0, 120);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return `no ring: ${name}`;
  if (!found) return `out of view: ${name}`;
  if (!element.contains(found) && !found.contains(element)) return `covered: ${name}`;
  // A link in a sentence is as high as its line.
  if (display !== "inline" && Math.min(box.width, box.height) < 23.5) return `too small: ${name}`;
  return "";
}"""


def tab_to(page: Page, target: Locator, within: int = 60) -> None:
    """Presses Tab until the target has the focus; every stop on the way can be seen."""
    for _ in range(within):
        page.keyboard.press("Tab")
        assert page.evaluate(UNSEEN) == ""
        if target.evaluate(IS_FOCUSED):
            return
    raise AssertionError(f"{within} times Tab do not reach {target}.")


def press(page: Page, target: Locator, within: int = 60) -> None:
    """Goes to a link or a button by Tab and follows it to the next page."""
    tab_to(page, target, within)
    send(page)


def send(page: Page) -> None:
    """Enter, which leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


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
