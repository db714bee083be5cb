"""Reads every page that can be reached by links, as a curious visitor would."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin

from django.test import Client

from tests.factories import HTMX

TOO_MANY = 300


class Page(HTMLParser):
    """A page's links, and whatever in it the Content-Security-Policy would refuse."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address, self.text = address, text
        self.links: set[str] = set()
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.add(urldefrag(urljoin(self.address, given["href"])).url)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(self.get_starttag_text() or tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]


def body(response: Any) -> str:
    """What was sent, streamed or not."""
    sent = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(sent).decode()


def crawl(client: Client, starts: Iterable[str] = ("/",)) -> list[Page]:
    """Every page from `starts` on, each also as htmx asks for it."""
    waiting, pages = list(starts), []
    seen = set(waiting)
    while waiting:
        address = waiting.pop()
        for headers in ({}, HTMX):
            page = Page(address, body(client.get(address, headers=headers, follow=True)))
            pages.append(page)
            assert len(pages) < TOO_MANY, f"The crawl does not end: {address}"
            new = {link for link in page.links if link.startswith("/")} - seen
            seen |= new
            waiting += sorted(new)
    return pages
