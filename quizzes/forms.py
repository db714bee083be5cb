"""Reads responses from a posted form."""

import re
from collections.abc import Iterable

from django.http import QueryDict

from training_jobs.forms import StartRunForm

# A page with several questions names its fields choice-1, choice-2, …; one question: choice.
FIELD = "choice"
# Tells that the form holds question 1, 2, … and its flag: a box that is not ticked is not posted.
ASKED = "asked"
FLAG = "flag"
SECONDS = "seconds"
# Tells that the form holds every question.
WHOLE = "whole"
# Tells that whoever saves leaves the page.
LATER = "later"
# Tells that the page shows every question and counts its saves: it is to be alone with the sheet.
CHANGES = "changes"

NAMED = re.compile(rf"(?:{FIELD}|{ASKED}|{FLAG}|{SECONDS})-([0-9]{{1,4}})")


class FinishForm(StartRunForm):
    """Ends an attempt and asks for its run; what was answered on the page comes along."""

    beside = re.compile(
        rf"csrfmiddlewaretoken|seq|{FIELD}|{SECONDS}|{WHOLE}|{LATER}|{CHANGES}|{NAMED.pattern}"
    )


def positions(posted: QueryDict) -> list[int]:
    """The numbers of the questions that the form speaks of."""
    return sorted({int(found[1]) for name in posted if (found := NAMED.fullmatch(name))})


def responses(posted: QueryDict, positions: Iterable[int]) -> dict[int, list[str]]:
    """What was answered to each question on the form, by its number; empty when all was removed."""
    return {
        position: posted.getlist(f"{FIELD}-{position}")
        for position in positions
        if f"{FIELD}-{position}" in posted or f"{ASKED}-{position}" in posted
    }


def flags(posted: QueryDict, positions: Iterable[int]) -> dict[int, bool]:
    """Whether a question is marked to be looked at again, by its number, where the form tells."""
    return {
        position: f"{FLAG}-{position}" in posted
        for position in positions
        if WHOLE in posted or f"{ASKED}-{position}" in posted
    }


def seconds(posted: QueryDict, positions: Iterable[int]) -> dict[int, int]:
    """How long the page says that each question was looked at; what makes no sense is left out."""
    told = {position: whole_number(posted, f"{SECONDS}-{position}") for position in positions}
    return {position: count for position, count in told.items() if count}


def response(posted: QueryDict) -> list[str]:
    """The options chosen, or the number written, in a form about one question."""
    return posted.getlist(FIELD)


def whole_number(posted: QueryDict, name: str) -> int:
    """A whole number from a hidden field; 0 when it is missing or is none."""
    value = posted.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0
