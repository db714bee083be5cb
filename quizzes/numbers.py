"""Reads numbers as people write them, in any script and with any usual separators. Pure."""

import math
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from authoring.characters import without_invisible

# Characters that mean an ASCII one: signs, and the full-width forms of East Asian keyboards.
PLAIN = {full: chr(full - 0xFEE0) for full in range(0xFF01, 0xFF5F)}
PLAIN |= dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣➖˗"), "-") | dict.fromkeys(map(ord, "﹢➕"), "+")
PLAIN |= dict.fromkeys(map(ord, "’‘ʼ′"), "'") | dict.fromkeys(map(ord, "⋅∙×✕"), "·")
PLAIN |= dict.fromkeys(map(ord, "،﹐"), ",") | dict.fromkeys(map(ord, "﹒。｡"), ".")
PLAIN |= dict.fromkeys(map(ord, "٪﹪"), "%")
SUPERSCRIPTS = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")

NUMBER = re.compile(r"(?P<sign>[+-]?) ?(?P<digits>[0-9.,٫٬'_ ]+)")
TIMES_TEN = re.compile(
    r"(?P<number>.+?) ?[·*xX] ?10 ?(?:\^|\*\*) ?[({]?(?P<power>[+-]?[0-9]+)[)}]?"
)
TEN = re.compile(r"(?P<number>[+-]?) ?10 ?(?:\^|\*\*) ?[({]?(?P<power>[+-]?[0-9]+)[)}]?")
EXPONENT = re.compile(r"(?P<number>.+?) ?[eE] ?(?P<power>[+-]?[0-9]+)")
# How digits are grouped: by threes, or by twos before the last three as in India.
GROUPS = "[1-9][0-9]{{0,2}}(?:{mark}[0-9]{{3}})+|[1-9][0-9]?(?:{mark}[0-9]{{2}})+{mark}[0-9]{{3}}"
GROUPED = {mark: re.compile(GROUPS.format(mark=re.escape(mark))) for mark in " '_,.٬"}
FRACTION = re.compile("[0-9]*|(?:[0-9]{3}[ _])+[0-9]{1,3}")
# On its own, a point is a decimal point: the page asks for numbers like that.
THOUSANDTHS = re.compile(r"[+-]? ?[1-9][0-9]{0,2}\.[0-9]{3}")
PYTHON = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# A decimal fraction that two ways of writing give, such as 0.3 and 0.2 + 0.1, is one number.
NOISE = 1e-9
# A page reads each answer again that was written on it. An answer is short.
MOST_READ = 1000


@lru_cache(MOST_READ)
def readings(text: str, unit: str = "") -> frozenset[float]:
    """Every number that the text can mean: “1,688” may be 1688 or 1.688; none for other text."""
    numbers = {float(spelled) for spelled in _spellings(_bare(text, unit))}
    return frozenset(number for number in numbers if math.isfinite(number))


@lru_cache(MOST_READ)
def read_as(text: str, unit: str = "") -> str:
    """A sentence that says how the text is read, if that is not obvious from the text itself."""
    bare, numbers = _bare(text, unit), sorted(readings(text, unit))
    if THOUSANDTHS.fullmatch(bare):
        return f"Read as {numbers[0]:.12g}. If you mean {bare.replace('.', '')}, write no point."
    if not numbers or PYTHON.fullmatch(" ".join(text.split())):
        return ""
    told = " or as ".join(f"{number:.12g}" for number in numbers)
    return f"Read as {told}{': it is right if one of them is' if len(numbers) > 1 else ''}."


def _bare(text: str, unit: str) -> str:
    """The text without its unit, with plain spaces, digits and signs."""
    text, unit = _plain(text), _plain(unit)
    if unit and text[-len(unit) :].casefold() == unit.casefold():
        text = text[: -len(unit)].rstrip()
    return text


def _plain(text: str) -> str:
    seen = without_invisible(text).translate(PLAIN)
    raised = re.sub("[⁺⁻⁰¹²³⁴-⁹]+", lambda found: f"^{found[0].translate(SUPERSCRIPTS)}", seen)
    return " ".join("".join(map(_digit, raised)).split())


def _digit(character: str) -> str:
    """The ASCII digit for a digit of any script."""
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _spellings(text: str) -> Iterator[str]:
    """Each way to read the text, as Python writes numbers."""
    if ten := TEN.fullmatch(text):
        yield f"{ten['number']}1e{ten['power']}"
        return
    scaled = TIMES_TEN.fullmatch(text) or EXPONENT.fullmatch(text)
    found = NUMBER.fullmatch(scaled["number"] if scaled else text)
    power = f"e{scaled['power']}" if scaled else ""
    if found:
        for digits in _decimals(found["digits"]):
            yield f"{found['sign']}{digits}{power}"


def _decimals(written: str) -> Iterator[str]:
    """Plain digits, with a point if any, for each decimal mark and grouping that fits the text."""
    for point in ".,٫":
        whole, _, fraction = written.partition(point)
        if not re.search("[0-9]", whole + fraction) or not FRACTION.fullmatch(fraction):
            continue
        if any(_is_whole(whole, mark, written) for mark in ("", *GROUPED) if mark != point):
            yield re.sub("[^0-9]", "", whole) + "." + re.sub("[ _]", "", fraction)


def _is_whole(whole: str, mark: str, written: str) -> bool:
    if not mark:
        return not whole or whole.isdecimal()
    return bool(GROUPED[mark].fullmatch(whole)) and not THOUSANDTHS.fullmatch(written)


def is_near(number: float, value: float, tolerance: float) -> bool:
    """Whether the number is within the tolerance of the value, apart from float noise."""
    return abs(number - value) <= tolerance + NOISE * max(abs(number), abs(value))
