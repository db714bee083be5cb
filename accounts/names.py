"""People's names: any name in any script, without invisible characters. Pure."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from authoring.characters import BLANK, SELECTORS

LONGEST_NAME = 150
# Between letters they belong to the spelling of Persian, Hindi and others.
JOINERS = "\u200c\u200d"
# Control and format characters (including those that change the direction), surrogates, line and
# paragraph separators, and code points that are private or unassigned.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def tidy(name: str) -> str:
    """The name in Unicode's composed form, with single spaces between its parts."""
    blanks = "".join(" " if unicodedata.category(char) == "Zs" else char for char in name)
    return unicodedata.normalize("NFC", re.sub(" +", " ", blanks).strip())


def check_name(name: str) -> None:
    """Raises ValidationError for a name that is too long or has something unseen in it."""
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            f"A name has at most {LONGEST_NAME} characters, and this one has {len(name)}:"
            " shorten it."
        )
    for at, char in enumerate(name):
        if is_unseen(char) and not _joins(name, at) and not _selects(name, at):
            what = unicodedata.name(char, "a control character").lower()
            before = _seen(name[:at])
            place = f"After “{before}”" if before else "At the beginning"
            raise ValidationError(
                f"{place} there is an invisible character (U+{ord(char):04X}, {what}): remove it."
            )


def is_unseen(char: str) -> bool:
    return ord(char) in BLANK or unicodedata.category(char) in UNSEEN


def _joins(name: str, at: int) -> bool:
    around = name[at - 1 : at] + name[at + 1 : at + 2]
    letters = all(unicodedata.category(char)[0] in "LM" for char in around)
    return name[at] in JOINERS and len(around) == len("ab") and letters


def _selects(name: str, at: int) -> bool:
    """Whether it chooses the shape of a character that is seen."""
    before = name[at - 1 : at]
    shown = before not in ("", " ") and not is_unseen(before)
    return ord(name[at]) in SELECTORS and shown


def _seen(text: str) -> str:
    return "".join(char for char in text if not is_unseen(char))
