"""Reads responses from a posted form."""

import re

from django.http import QueryDict

# A page with several questions names its fields choice-1, choice-2, …; one question: choice.
FIELD = "choice"
# Tells that the page held question 1, 2, …: a browser does not post a box that is not ticked.
ASKED = "asked"
FLAG = "flag"
# Tells that the page held every question: then a flag that is not posted was taken away.
WHOLE = "whole"


def responses(posted: QueryDict, positions: range) -> dict[int, list[str]]:
    """What was answered to each question on the form, by its number; empty when all was removed."""
    return {
        position: posted.getlist(f"{FIELD}-{position}")
        for position in positions
        if f"{FIELD}-{position}" in posted or f"{ASKED}-{position}" in posted
    }


def flags(posted: QueryDict, positions: range) -> set[int] | None:
    """The questions marked to be looked at again; None unless the form had all the questions."""
    if WHOLE not in posted:
        return None
    return {position for position in positions if f"{FLAG}-{position}" in posted}


def response(posted: QueryDict) -> list[str]:
    """The options chosen, or the number written, in a form about one question."""
    return posted.getlist(FIELD)


def whole_number(posted: QueryDict, name: str) -> int:
    """A whole number from a hidden field; 0 when it is missing or is none."""
    value = posted.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0
