"""A page used by its keyboard alone."""

from playwright.sync_api import Locator, Page

ENOUGH = 90  # presses of Tab, more than any page has stops before what is looked for

# What is focused is in the window, uncovered, and wears a ring; a choice wears it around its label.
SEEN = """element => {
  const shown = element.closest("label") ?? element;
  const ringed = [element, shown].some((one) => getComputedStyle(one).outlineStyle !== "none");
  const {left, top, width, height} = shown.getBoundingClientRect();
  const x = left + width / 2, y = top + Math.min(height / 2, 12);
  const above = document.elementFromPoint(x, y);
  return ringed && above !== null && (shown.contains(above) || above.contains(shown));
}"""


def is_focused(target: Locator) -> bool:
    found: bool = target.evaluate("element => element === document.activeElement")
    return found


def tab_to(page: Page, target: Locator, back: bool = False) -> int:
    """Presses Tab until the target has the focus, tells how often; fails where it is not seen."""
    target.wait_for()
    for presses in range(1, ENOUGH + 1):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if is_focused(target):
            assert target.evaluate(SEEN), f"{target} has the focus, but nobody sees it."
            return presses
    raise AssertionError(f"{target} is not reached by {ENOUGH} presses of Tab.")


def press(page: Page, target: Locator, key: str = "Enter") -> int:
    """Goes to the target and presses a key on it; tells how many presses of Tab it took."""
    presses = tab_to(page, target)
    page.keyboard.press(key)
    return presses


def write(page: Page, target: Locator, text: str) -> None:
    """Goes to a field and writes into it, in place of what was there."""
    tab_to(page, target)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def answer(page: Page, name: str, within: Locator) -> None:
    """Gives some answer to a question of any kind; `name` is that of its fields."""
    fields = within.locator(f"[name={name}]")
    if fields.first.get_attribute("type") == "text":
        write(page, fields.first, "7")
    else:
        press(page, fields.first, "Space")
