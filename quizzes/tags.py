"""Tags, which say what a question is about: how they are written, and found in texts. Pure."""

import re
from collections.abc import Sequence

# A tag as it is stored: words in lower case, joined by hyphens.
TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WORD = re.compile(r"[a-z0-9]+")
# "losses" and "batches" are a loss and a batch, "rates" are a rate.
PLURAL = re.compile(r"(?<=ss|ch|sh)es$|(?<=[^s])s$")
# They join the words of a tag and mean nothing by themselves.
JOINING = frozenset({"and", "of", "the", "in"})


def split(text: str) -> tuple[str, ...]:
    """The tags in an author's list, separated by commas."""
    return tuple(tag.strip() for tag in text.split(",") if tag.strip())


def name_of(tag: str) -> str:
    """A tag as readers see it: “learning-rate” is “learning rate”."""
    return tag.replace("-", " ")


def words(text: str) -> list[str]:
    """The words of a tag, a name or a text in one normal form, to compare them."""
    return [PLURAL.sub("", word) for word in WORD.findall(text.lower())]


def uses(text: str, name: str) -> tuple[int, int, int]:
    """How much a text is about a tag or its name, for comparing texts.

    First how often the text has the whole name, then how many of its words, then how often those.
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
