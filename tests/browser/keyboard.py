"""The keyboard alone: where the focus goes, and that it can be seen."""

from playwright.sync_api import Locator, Page

IS_FOCUSED = "element => element === document.activeElement"
# What is wrong with the focus as it is shown; nothing while it is on no element.
UNSEEN = """() => {
  const element = document.activeElement;
  if (element === document.body) return "";
  // Who hits a box's label hits the box, and its ring may be the label's.
  const shown = [element, element.closest("label")].filter(Boolean);
  const ring = ({ outlineStyle, outlineWidth }) =>
    outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const box = shown.at(-1).getBoundingClientRect();
  const found = document.elementFromPoint(
    Math.max(box.left, 0) + Math.min(box.width, 20) / 2,
    Math.max(box.top, 0) + Math.min(box.height, 20) / 2,
  );
  const name = element.outerHTML.slice(0, 120);
  if (!shown.some((one) => ring(getComputedStyle(one)))) return `no ring: ${name}`;
  if (!found) return `out of view: ${name}`;
  if (!shown.some((one) => one.contains(found) || found.contains(one))) return `covered: ${name}`;
  // A link in a sentence is as high as its line.
  const inline = getComputedStyle(element).display === "inline";
  if (!inline && Math.min(box.width, box.height) < 23.5) return `too small: ${name}`;
  return "";
}"""


def tab_to(page: Page, target: Locator, within: int = 90) -> int:
    """Presses Tab until the target has the focus, and tells how often; each stop can be seen."""
    target.wait_for()
    for presses in range(1, within + 1):
        page.keyboard.press("Tab")
        assert page.evaluate(UNSEEN) == ""
        if target.evaluate(IS_FOCUSED):
            return presses
    raise AssertionError(f"{within} times Tab do not reach {target}.")


def press(page: Page, target: Locator, key: str = "Enter") -> int:
    """Goes to the target and presses a key on it; tells how many presses of Tab it took."""
    presses = tab_to(page, target)
    page.keyboard.press(key)
    return presses


def follow(page: Page, target: Locator, within: int = 90) -> None:
    """Goes to a link or a button by Tab and follows it to the next page."""
    tab_to(page, target, within)
    send(page)


def send(page: Page) -> None:
    """Enter, which leads to another page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, target: Locator, text: str) -> None:
    """Goes to a field and writes into it, in place of what was there."""
    tab_to(page, target)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def answer(page: Page, name: str, within: Locator) -> None:
    """Gives some answer to a question of any kind; `name` is that of its fields."""
    fields = within.locator(f"[name={name}]")
    if fields.first.get_attribute("type") == "text":
        write(page, fields.first, "7")
    else:
        press(page, fields.first, "Space")
