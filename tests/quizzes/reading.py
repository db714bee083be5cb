"""Reads a quiz page's form as a browser would."""

from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass(frozen=True)
class Radio:
    """One radio button."""

    name: str
    value: str
    checked: bool


class _Radios(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Radio] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "radio":
            name, value = given["name"] or "", given["value"] or ""
            self.found.append(Radio(name, value, "checked" in given))


def radios(page: str) -> list[Radio]:
    """The page's radio buttons, in their order."""
    parser = _Radios()
    parser.feed(page)
    return parser.found


def chosen(page: str) -> dict[str, str]:
    """The values of the radio buttons that are checked, by their group's name."""
    return {radio.name: radio.value for radio in radios(page) if radio.checked}
