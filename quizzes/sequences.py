"""Recognises options that are numbers, or ranges of them, in order. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from quizzes.numbers import readings

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
POWER = r"10(?:\^[-+−]?\d+|[⁺⁻⁰¹²³⁴-⁹]+)"
DIGITS = r"(?:\d(?:[\d.,'’٫٬_]|[ \u00a0\u202f](?=\d{3}))*\d|\.?\d)"
NUMBER = re.compile(
    rf"(?P<fraction>\b\d+/\d+\b)|(?P<number>(?:(?<![\w.)])[-+−–])?"
    rf"(?:{POWER}|{DIGITS}(?:[eE][-+]?\d+|\s?[·×*]\s?{POWER})?))|(?P<word>\b(?:{'|'.join(WORDS)})\b)",
    re.IGNORECASE,
)
LESS, MORE = {"less", "fewer", "under", "below", "most", "<", "≤"}, {"more", "over", "above"}
MORE |= {"least", ">", "≥", "upwards"}
# Words and signs that may surround each number of a sequence.
BOUNDS = {*"-–—−…~≈", "than", "to", "at", "up", "or", "and", "from", "between", "about", "around"}
BOUNDS |= {"roughly", "nearly", "almost", "exactly", "approximately", "only", "the"} | LESS | MORE
FEWEST, LONGEST_UNIT = 3, 3


def in_order(texts: Sequence[str]) -> bool:
    """Whether the texts are at least three numbers, or ranges, of one unit that rise or fall."""
    parts = [_placed(text) for text in texts]
    places = [part[0] for part in parts if part]
    if len(places) < max(FEWEST, len(texts)) or len({part[1] for part in parts if part}) > 1:
        return False
    pairs = list(pairwise(places))
    return all(a < b for a, b in pairs) or all(a > b for a, b in pairs)


def _placed(text: str) -> tuple[tuple[float, int], str] | None:
    """The text's place on the number line, and its unit; None if it is not a number."""
    values = [_value(found) for found in NUMBER.finditer(text)]
    words = re.findall(r"[^\W\d_]+|[^\w\s.,;:()]", NUMBER.sub(" ", text).casefold())
    unit = list(dict.fromkeys(word.rstrip("s") for word in words if word not in BOUNDS))
    if not values or len(values) > 2 or len(unit) > LONGEST_UNIT or None in values:  # noqa: PLR2004
        return None
    side = bool(MORE & set(words)) - bool(LESS & set(words))
    return (values[0] or 0.0, side), " ".join(unit)


def _value(found: re.Match[str]) -> float | None:
    if found["word"]:
        return float(WORDS.index(found["word"].casefold()))
    if found["fraction"]:
        above, below = map(int, found["fraction"].split("/"))
        return above / below if below else None
    # If there are two readings, as of “1,688”, the whole number: options are written alike.
    return max(readings(found["number"]), default=None)
