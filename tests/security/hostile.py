"""Text that nobody types and anybody can send, and what a platform may answer to it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from ipaddress import ip_address
from itertools import count
from typing import Any
from urllib.parse import quote_from_bytes

from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# Characters of a UTF-16 pair that stand alone: text of JSON and of Python, never of UTF-8.
LONE_SURROGATE = "\ud800"
BIDI = "\u202e\u2066evil\u2069\u202c"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u061c\U000e0001\U000e0041"
NUL = "a\x00b"
HUGE = 900_000

NUMBERS = [
    "1" + "0" * 400,
    "-" + "9" * 5000,
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "99999999999999999999",
    "-1",
    "2147483648",
    "9223372036854775808",
    "1.7976931348623157e309",
    "٣",
    "½",
]
NESTED = ["[" * 20_000, "[" * 20_000 + "]" * 20_000, '{"a":' * 20_000 + "1" + "}" * 20_000]
JSONS = [
    '{"seed": 1e400}',
    '{"seed": 1' + "0" * 400 + "}",
    '{"seed": ' + "9" * 5000 + "}",
    '{"seed": NaN, "epochs": -Infinity}',
    '{"seed": "\\ud800"}',
    '{"\\u0000": "\\u0000"}',
    '{"__proto__": {}, "seed": true}',
    '{"seed": 1, "seed": 2}',
    "null",
    '"\\ud800\\u0000"',
    "[[[]]]",
]
TEXTS = [
    "",
    " ",
    "\t\r\n\v\f\x1b\x7f\x85\u2028\u2029",
    NUL,
    "\x00",
    BIDI,
    INVISIBLE,
    "e" + "\u0301" * 2000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 200,
    "\ufffe\uffff\U0010ffff",
    "' OR 1=1 --",
    "{{ 7*7 }}{% debug %}",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "a\r\nSet-Cookie: hacked=1",
    "%00%0d%0a%ff",
    "a" * 70_000,
]
WORDS = [*TEXTS, *NUMBERS, *JSONS, *NESTED]
# Bytes that are no UTF-8: cut off, of other encodings, overlong, surrogates of their own.
BYTES = [
    b"\xff\xfe",
    b"\xc3",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    "größe".encode("latin-1"),
    "größe".encode("utf-16"),
    "größe".encode("utf-7"),
    "表".encode("shift-jis"),
    "text".encode("utf-32"),
]

# The same examples each time, so that a red test stays red, and few of them: there are hundreds of
# tests like that. `make fuzz` tries many more.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
SEEDED = settings(
    derandomize=True,
    deadline=None,
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    database=None,
)

texts = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=40),
    st.text(st.characters(categories=["Cc", "Cf", "Co", "Zl", "Zp", "Mn", "Nd"]), max_size=20),
)
sent_bytes = st.one_of(
    st.sampled_from(BYTES), texts.map(lambda text: text.encode("utf-8", "replace"))
)


def escaped(sent: bytes) -> str:
    """The bytes as they stand in an address."""
    return quote_from_bytes(sent[:4000], safe="")


@dataclass(frozen=True)
class World:
    """The people of the table of addresses, and one address of each name."""

    people: list[Client]
    addresses: dict[str, str]


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


class Inserts:
    """Notes whether rows are written: only then is there something to count."""

    def __init__(self) -> None:
        self.seen = False

    def __call__(self, execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        self.seen = self.seen or sql.startswith("INSERT")
        return execute(sql, *arguments)


_numbers = count(1)


def answer(client: Client, method: str, address: str, **request: Any) -> Any:
    """What the platform answers: never an error of its own, and a refusal leaves no row.

    What it did is undone. Each request comes from an address of its own, which no limit knows.
    """
    request["REMOTE_ADDR"] = str(ip_address("10.0.0.0") + next(_numbers))
    cookies = client.cookies.output(header="", sep=";")
    with transaction.atomic():
        inserts = Inserts()
        with connection.execute_wrapper(inserts):
            response = client.generic(method, address, **request)
        assert response.status_code < 500, response.content.decode(errors="replace")[:2000]
        after = rows() if inserts.seen and response.status_code >= 400 else None
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies)
    assert after in (None, rows()), "a refusal left a row"
    return response


FIELDS = {"input", "select", "textarea", "button"}


class Forms(HTMLParser):
    """The forms of a page that are posted: their addresses, and their fields with their values."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: dict[str, str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = {}
            self.found.append((given.get("action") or self.address, self._open))
        elif self._open is not None and tag in FIELDS and given.get("name"):
            self._open.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
