"""Usernames that nobody can mistake for another's. Pure.

Usernames may be in any script. Two that look alike are told apart by no reader of a list, and by no
teacher: a new one is compared by its skeleton, and has letters of one script.
"""

import re
import unicodedata

from accounts.names import is_unseen

LONGEST_USERNAME = 150
# Folding a letter makes three at most.
LONGEST_SKELETON = 3 * LONGEST_USERNAME
# Letters of other alphabets that look like one of a to z, after upper and lower case are one.
# From Unicode's confusables (UTS 39), as far as the letters are in use.
_ALIKE = {
    # Cyrillic
    **dict(zip("аеорсухіјѕһԁԛԝүӏѵгпмтвкн", "aeopcyxijshdqwylvrnmtbkh", strict=True)),
    # Greek
    **dict(zip("αορνυικτηχγεβμζ", "aopvuiktnxyebmz", strict=True)),
    # Armenian
    **dict(zip("օսհոցզգք", "ouhngqqp", strict=True)),
    # Latin letters of phonetics and of single languages
    **dict(zip("ɑɡıɩʟɪɴʀʜǀ", "agiilinrhl", strict=True)),
}
_LOOKS = str.maketrans(_ALIKE)
# Scripts that are written together: Latin letters stand within texts of East Asia.
_EAST_ASIAN = {"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}
_TOGETHER = (
    {"LATIN", *_EAST_ASIAN},
    {"LATIN", "CJK", "IDEOGRAPHIC", "HANGUL"},
    {"LATIN", "CJK", "IDEOGRAPHIC", "BOPOMOFO"},
)


def normal(username: str) -> str:
    """The username with one code for each character: full-width letters become plain ones."""
    return unicodedata.normalize("NFKC", username)


# What a username may consist of.
HAS_ONLY = "A username has letters, digits and @ . + - _ only"


def odd_character(username: str) -> str:
    """Why this name cannot be had for one of its characters, or ""."""
    odd = re.search(r"[^\w.@+-]", username)
    if odd is None:
        return ""
    name = unicodedata.name(odd[0], "control character").lower()
    shown = f"“{odd[0]}”" if odd[0].isprintable() and not odd[0].isspace() else f"a {name}"
    return f"{HAS_ONLY}, and this one has {shown}: leave it out, or write another character."


def skeleton(username: str) -> str:
    """What usernames have in common that look alike, or differ in upper and lower case only."""
    folded = normal(normal(username).casefold())
    bare = "".join(_digit(char) for char in unicodedata.normalize("NFKD", folded.translate(_LOOKS)))
    return unicodedata.normalize("NFKC", bare)


def like_another(username: str, other: str) -> str:
    """Why this name cannot be had beside the other."""
    looks_alike = "differs from it only in upper and lower case"
    if username.lower() != other.lower():
        looks_alike = "looks like it"
    return (
        f"There is an account “{other}” already, and “{username}” {looks_alike}: choose another"
        " username."
    )


def unfit(username: str, email: str) -> str:
    """Why this name cannot be had by anyone, or "".

    An address as a username would be another way to sign in for its owner, and another account's.
    """
    unseen = next(filter(is_unseen, normal(username)), None)
    if unseen is not None:
        what = unicodedata.name(unseen, "a control character").lower()
        return (
            f"This username has an invisible character (U+{ord(unseen):04X}, {what}): leave it out."
        )
    if "@" in username and username.lower() != email.lower():
        return "A username with @ has to be your own email address. Choose one without @."
    letters = {_script(char): char for char in normal(username) if char.isalpha()}
    if len(letters) <= 1 or any(letters.keys() <= scripts for scripts in _TOGETHER):
        return ""
    (one, its), (other, others) = list(letters.items())[:2]
    return (
        f"This username mixes scripts: “{its}” is {one.title()}, “{others}” is {other.title()}."
        " Write all its letters in one script."
    )


def _script(letter: str) -> str:
    """The first word of a letter's name is the script's."""
    return unicodedata.name(letter, "UNKNOWN").split()[0]


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char
