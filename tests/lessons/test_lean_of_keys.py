"""Whether the course's keys can be told by their looks: by length, or by size among numbers."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from authoring.files import read_tables
from authoring.rendering import render_inline
from authoring.visible import plain

COURSE: Path = settings.WEIGHTWISE_CONTENT
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# Of four options, a key without looks of its own is the longest one in a quarter of questions.
LEAST, MOST = 0.15, 0.4
# As many numbers as have a middle beside two ends.
ORDERED = 3
Ends = Callable[[list[int]], int]
Options = list[tuple[str, bool]]


def of_four() -> Iterator[Options]:
    """The options of each single choice as they are read, each with whether it is the key."""
    for path in sorted(COURSE.glob("*/questions.toml")):
        for question in read_tables(path, "question"):
            choices = question.get("choice", [])
            if question.get("kind", "single") == "single" and len(choices) > ORDERED:
                yield [(plain(render_inline(c["text"])), c.get("correct", False)) for c in choices]


def share_of_keys(end: Ends) -> float:
    """How often the key is the one option at this end of lengths, where there is one."""
    found = []
    for options in of_four():
        lengths = [len(text) for text, _ in options]
        extreme = end(lengths)
        if lengths.count(extreme) == 1:
            found.append(options[lengths.index(extreme)][1])
    assert len(found) > 20
    return sum(found) / len(found)


@pytest.mark.parametrize("end", [min, max])
def test_neither_the_shortest_nor_the_longest_option_gives_the_key_away(end: Ends) -> None:
    assert LEAST <= share_of_keys(end) <= MOST


def test_a_numeric_key_is_lowest_highest_and_between_about_as_often_as_others() -> None:
    places = []
    for options in of_four():
        told = [(NUMBER.match(text), key) for text, key in options]
        numbers = sorted((float(found[0]), key) for found, key in told if found)
        keys = [place for place, (_, key) in enumerate(numbers) if key]
        if len(numbers) >= ORDERED and keys:
            places.append({0: "lowest", len(numbers) - 1: "highest"}.get(keys[0], "between"))
    assert len(places) >= 8
    assert min(places.count("lowest"), places.count("highest")) >= 2
    assert places.count("between") <= len(places) * 2 / 3
