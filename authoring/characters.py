"""Invisible characters. Pure."""

import unicodedata

# Invisible letters and marks that Unicode's categories do not distinguish from visible ones:
# joiners, Hangul fillers, inherent Khmer vowels, variation selectors, the blank Braille pattern.
BLANK = {
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
}
# Those among them that choose the shape of the character before them, as in the names of many
# Japanese and Mongolian people.
SELECTORS = {*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
# These reverse what follows: if they were dropped, the digits read would not be those seen.
OVERRIDES = {0x202D, 0x202E}


def is_invisible(character: str) -> bool:
    """Whether it leaves no trace on a page, not even a space: format characters and the like."""
    is_format = unicodedata.category(character) == "Cf" and ord(character) not in OVERRIDES
    return is_format or ord(character) in BLANK


def without_invisible(text: str) -> str:
    """The text as it is seen."""
    if text.isascii():
        return text
    return "".join(character for character in text if not is_invisible(character))
