"""An admin page's form as a browser holds it and sends it."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client

Values = dict[str, list[str]]


class _Form(HTMLParser):
    """Reads the fields of the page's POST form, as the HTML standard has them sent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.values: Values = {}
        self.open = False
        self.area: str | None = None
        self.select: str | None = None

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        attrs = dict(found)
        if tag == "form":
            self.open = (attrs.get("method") or "").lower() == "post" and (
                "logout" not in (attrs.get("action") or "")
            )
        if not self.open:
            return
        name = attrs.get("name") or ""
        if tag == "textarea":
            self.area = name
            self.values[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in attrs:
            self.values.setdefault(self.select, []).append(attrs.get("value") or "")
        elif tag == "input" and name:
            self._input(name, attrs)

    def _input(self, name: str, attrs: dict[str, str | None]) -> None:
        kind = attrs.get("type") or "text"
        if kind in ("submit", "file"):
            return
        if kind in ("checkbox", "radio") and "checked" not in attrs:
            return
        without = "on" if kind == "checkbox" else ""
        self.values.setdefault(name, []).append(attrs.get("value") or without)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            # A line end right behind the tag is not the text's own.
            text = data.removeprefix("\r\n").removeprefix("\n")
            self.values[self.area] = [text]


def fields(page: str) -> Values:
    """What a browser would send of this page if nobody touched it."""
    form = _Form()
    form.feed(page)
    return form.values


def opened(client: Client, address: str) -> Values:
    """The form of the page at this address."""
    response = client.get(address)
    assert response.status_code == 200, address
    return fields(response.content.decode())


def save(client: Client, address: str, form: Values, **changes: Any) -> Any:
    """Sends the form as it was opened, with these changes."""
    return client.post(address, form | changes)
