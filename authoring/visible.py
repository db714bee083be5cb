"""What a reader sees of a rendered text. Pure."""

import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser

from authoring.characters import without_invisible

BLOCKS = {
    *("blockquote", "br", "div", "figcaption", "figure", "h2", "h3", "h4", "hr", "li", "ol", "p"),
    *("pre", "table", "td", "th", "tr", "ul"),
}
Change = Callable[[str], str]


def plain(html: str) -> str:
    """The text for a table or a file, its blocks on separate lines, images as descriptions."""
    return _Reader(html, str, str, lambda image: image.get("alt") or "image").text


def prose(html: str) -> str:
    """The same without code, where letters and signs have other meanings."""
    return _Reader(html, str, lambda _code: "…", lambda image: image.get("alt") or "").text


def likeness(html: str) -> str:
    """Equal for two texts that look alike, and empty for a text that shows nothing.

    Case is ignored outside code; images differ by their addresses.
    """
    return _Reader(html, str.casefold, str, lambda image: f"({image.get('src')})").text


class _Reader(HTMLParser):
    def __init__(self, html: str, words: Change, code: Change, image: Callable[..., str]) -> None:
        super().__init__()
        self._words, self._code, self._image = words, code, image
        self._parts: list[str] = []
        self._within: dict[str, int] = {"code": 0, "pre": 0}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._parts.append("\n")
        if tag in self._within:
            self._within[tag] += 1
        if tag == "img":
            self._parts.append(self._image(dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self._parts.append("\n")
        if tag in self._within:
            self._within[tag] -= 1

    def handle_data(self, data: str) -> None:
        text = self._code(data) if self._within["code"] else self._words(data)
        self._parts.append(text if self._within["pre"] else " ".join(f"|{text}|".split())[1:-1])

    @property
    def text(self) -> str:
        """Without blank lines and invisible characters."""
        seen = without_invisible(unicodedata.normalize("NFC", "".join(self._parts)))
        lines = (line.rstrip() for line in seen.split("\n"))
        return "\n".join(line for line in lines if line).strip()
