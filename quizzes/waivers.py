"""The warnings about a question that its author waives, and why: a line `code: reason` each."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError

CODES = ("letters", "last", "order")
WAIVER = re.compile(r"\s*([a-z]+)\s*:\s*(\S.*)")


def waivers(text: str) -> dict[str, str]:
    """The reason for each code that is waived; lines without one are left out."""
    found = (WAIVER.fullmatch(line) for line in text.splitlines())
    return {match[1]: match[2].strip() for match in found if match and match[1] in CODES}


def as_lines(reasons: Mapping[str, str]) -> str:
    """The same as a text."""
    return "\n".join(f"{code}: {' '.join(reason.split())}" for code, reason in reasons.items())


def validate_waivers(text: str) -> None:
    """Refuses lines that waive nothing, because they would seem to."""
    refused = [
        ValidationError(f"“{line.strip()}” does not name a warning and a reason: {HOW}")
        for line in text.splitlines()
        if line.strip() and not waivers(line)
    ]
    if refused:
        raise ValidationError(refused)


HOW = f"write a line such as “letters: B is a matrix here”. The warnings are {', '.join(CODES)}."
