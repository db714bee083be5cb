"""What an author's JSON or TOML value may hold.

Both formats can express values that no database can store or nothing can calculate with.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

# A plan has four levels; much deeper values cannot be traversed, serialised or compared.
DEEPEST = 20
# Whole numbers up to here are exact everywhere, in a browser too.
LARGEST = 2**53
SHOWN = 40
# Control characters, except tabs and line ends, and surrogates.
UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def unsound(value: object) -> str:
    """Place, value and remedy of the first part of a value that cannot be stored, or ""."""
    waiting: list[tuple[str, object, int]] = [("", value, 0)]
    while waiting:
        place, value, depth = waiting.pop()
        if said := _problem(value, depth):
            return f"{place} {said}".strip()
        waiting += [(f"{place}{name}", inner, depth + 1) for name, inner in _inner(value)]
    return ""


def _inner(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield "", name
            yield f"[{name.encode(errors='backslashreplace').decode()[:SHOWN]}]", inner
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            yield f"[{number}]", inner


def _problem(value: Any, depth: int) -> str:
    if depth > DEEPEST:
        return f"is nested more than {DEEPEST} deep: use fewer levels of brackets."
    if isinstance(value, str):
        return _text_problem(value)
    if isinstance(value, bool | dict | list | None):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}, or too large a number: write a finite one."
    if isinstance(value, int | float):
        return _number_problem(value)
    return f"is a date or a time ({value}): write a text in quotes, or a number."


def _number_problem(value: int | float) -> str:
    if isinstance(value, float) or abs(value) <= LARGEST:
        return ""
    if value < 0:
        return f"is below -{LARGEST:,}: write a number closer to zero."
    return f"is larger than {LARGEST:,}: write a smaller number."


def _text_problem(text: str) -> str:
    if found := UNFIT.search(text):
        kind = "half of a character" if found[0] >= "\ud800" else "a control character"
        around = ascii(text[max(0, found.start() - 10) : found.end() + 10])
        return f"has {kind}, U+{ord(found[0]):04X}, in {around}: remove it."
    return ""
