"""Reads numbers as people write them. Pure."""

import math
import re

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
GROUPED = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?P<mark>[ _,])[0-9]{3}(?:(?P=mark)[0-9]{3})*(?:\.[0-9]+)?"
)
# What stands for an ASCII character: a minus or dash, and the full width of East Asian keyboards.
PLAIN = {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
PLAIN |= {ord("−"): "-", ord("–"): "-"}
# A decimal fraction that two ways of writing give, such as 0.3 and 0.2 + 0.1, is one number.
NOISE = 1e-9


def readings(text: str, unit: str = "") -> set[float]:
    """Every number that the text can mean: “1,688” may be 1688 or 1.688; none for other text."""
    spellings = _with_points(_bare(text, unit))
    spellings |= {re.sub("[ _,]", "", text) for text in spellings if GROUPED.fullmatch(text)}
    numbers = {float(text) for text in spellings if NUMBER.fullmatch(text)}
    return {number for number in numbers if math.isfinite(number)}


def _bare(text: str, unit: str) -> str:
    """The text without its unit, with plain spaces, digits and signs."""
    text, unit = " ".join(text.translate(PLAIN).split()), unit.translate(PLAIN)
    if unit and text.casefold().endswith(unit.casefold()):
        text = text[: -len(unit)].rstrip()
    return text


def _with_points(text: str) -> set[str]:
    """The text, and as it is when its only comma is a decimal one."""
    decimal = text.count(",") == 1 and "." not in text
    return {text, text.replace(",", ".")} if decimal else {text}


def is_near(number: float, value: float, tolerance: float) -> bool:
    """Whether the number is as close to the value as the tolerance asks, but for float noise."""
    return abs(number - value) <= tolerance + NOISE * max(abs(number), abs(value))
