"""Reads responses from a posted form."""

import re

from django.http import QueryDict

# A page with several questions names its radio groups choice-1, choice-2, …; one question: choice.
FIELD = "choice"


def responses(posted: QueryDict, positions: range) -> dict[int, list[str]]:
    """The options chosen for each question that the form answers, by the question's number."""
    return {
        position: chosen
        for position in positions
        if (chosen := posted.getlist(f"{FIELD}-{position}"))
    }


def response(posted: QueryDict) -> list[str]:
    """The options chosen in a form about one question."""
    return posted.getlist(FIELD)


def whole_number(posted: QueryDict, name: str) -> int:
    """A whole number from a hidden field; 0 when it is missing or is none."""
    value = posted.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0
