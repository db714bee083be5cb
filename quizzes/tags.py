"""Tags, which say what a question is about: as they are written, read and used by texts. Pure."""

import re
from collections.abc import Sequence

# A tag as it is kept: words in small letters, joined by hyphens.
TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WORD = re.compile(r"[a-z0-9]+")
# "losses" and "batches" are a loss and a batch, "rates" are a rate.
PLURAL = re.compile(r"(?<=ss|ch|sh)es$|(?<=[^s])s$")
# They join the words of a tag and say nothing of their own.
JOINING = frozenset({"and", "of", "the", "in"})


def split(text: str) -> tuple[str, ...]:
    """The tags in an author's list, which commas separate."""
    return tuple(tag.strip() for tag in text.split(",") if tag.strip())


def name_of(tag: str) -> str:
    """A tag as readers read it: “learning-rate” is “learning rate”."""
    return tag.replace("-", " ")


def words(text: str) -> list[str]:
    """The words of a tag, a name or a text in one form, so that they can be found in each other."""
    return [PLURAL.sub("", word) for word in WORD.findall(text.lower())]


def uses(text: str, name: str) -> tuple[int, int, int]:
    """How much a text is about a tag or its name; of two texts, the one with more is more about it.

    First how often the whole name stands in it, then how many of its words do, then how often.
    """
    said, whole = words(text), words(name)
    telling = [word for word in whole if word not in JOINING] or whole
    return (
        _occurrences(said, whole),
        sum(word in said for word in set(telling)),
        sum(said.count(word) for word in set(telling)),
    )


def _occurrences(said: Sequence[str], phrase: Sequence[str]) -> int:
    length = len(phrase)
    starts = range(len(said) - length + 1)
    return sum(list(said[at : at + length]) == list(phrase) for at in starts)
