"""Which warnings about a question its author lets stand, and why: a line `code: reason` each."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError

# What each code warns of.
CODES = {
    "letters": "a text names an option by its letter",
    "last": "an option speaks of the others and is mixed with them",
    "order": "options that are numbers in order are mixed",
}
WAIVER = re.compile(r"\s*([a-z]+)\s*:\s*(\S.*)")


def waivers(text: str) -> dict[str, str]:
    """The reason for each code that is let stand; lines that say none are left out."""
    found = (WAIVER.fullmatch(line) for line in text.splitlines())
    return {match[1]: match[2].strip() for match in found if match and match[1] in CODES}


def as_lines(reasons: Mapping[str, str]) -> str:
    """The same as a text."""
    return "\n".join(f"{code}: {' '.join(reason.split())}" for code, reason in reasons.items())


def validate_waivers(text: str) -> None:
    """Refuses lines that let nothing stand: they would look as if they did."""
    refused = [
        ValidationError(f"“{line.strip()}” names no warning and reason: {HOW}")
        for line in text.splitlines()
        if line.strip() and not waivers(line)
    ]
    if refused:
        raise ValidationError(refused)


HOW = f"write a line such as “letters: B is a matrix here”. There are {', '.join(CODES)}."
