"""Reads responses from a posted form."""

import re
from collections.abc import Container, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.http import HttpRequest, QueryDict

from accounts.sent_fields import TOKEN, refuse_odd
from quizzes.kinds import BadResponse, no_question
from quizzes.sheets import OUT_OF_SYNC, RUN
from training_jobs.forms import StartRunForm

# A page with several questions names its fields choice-1, choice-2, …; one question: choice.
FIELD = "choice"
# Tells that the form holds question 1, 2, … and its flag: a box that is not ticked is not posted.
ASKED = "asked"
FLAG = "flag"
SECONDS = "seconds"
# Tells that the form holds every question.
WHOLE = "whole"
# Says that the learner saves and leaves the page.
LATER = "later"
# Of a page with one question: the attempt that it shows, or when it was drawn if none had begun.
ATTEMPT, DRAWN_AT = "attempt", "drawn_at"
# Tells what the page knows of each question, in their order, and then of what is typed for the
# run: the numbers of the saves that it has seen or sent. Anything else that is kept comes from
# elsewhere.
KNOWN = "known"

NAMED = re.compile(rf"(?:{FIELD}|{ASKED}|{FLAG}|{SECONDS})-([0-9]{{1,4}})")
# What answers a form about one question.
RESPONSE = rf"{FIELD}|{ASKED}-[0-9]{{1,4}}"
# What a sheet tells besides, each once.
OF_SHEET = ("seq", WHOLE, LATER, KNOWN)
ON_SHEET = re.compile(rf"{TOKEN}|{NAMED.pattern}")
# What the page of one practice question sends, whether it checks or finishes.
OF_QUESTION = (FIELD, SECONDS, ATTEMPT, DRAWN_AT)
# Such as “3 0 7.12”.
_SAVES = r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,49}"
_KNOWN = re.compile(rf"{_SAVES}(?: {_SAVES}){{1,999}}")


class FinishForm(StartRunForm):
    """Ends an attempt and asks for its run; the page's answers are sent with it."""

    beside = re.compile("|".join([ON_SHEET.pattern, *OF_SHEET, *OF_QUESTION]))

    def __init__(self, questions: Container[int], *args: Any) -> None:
        super().__init__(*args)
        self.questions = questions

    def clean(self) -> dict[str, Any] | None:
        for position in positions(self.data):
            if position not in self.questions:
                self.add_error(None, no_question(position))
        return super().clean()


class PageOf(NamedTuple):
    """Which attempt a page shows, or when it was drawn; None where it does not tell."""

    attempt: str | None
    drawn_at: datetime | None


def page_of(posted: QueryDict) -> PageOf:
    return PageOf(posted.get(ATTEMPT), _moment(posted.get(DRAWN_AT, "")))


def _moment(text: str) -> datetime | None:
    """The moment that a hidden field tells, if it does."""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    return None


def refuse_odd_sheet(request: HttpRequest) -> None:
    """Raises OddFields for what no sheet has; one form saves and finishes."""
    refuse_odd(request, {*OF_SHEET, *StartRunForm.base_fields}, ON_SHEET)


def positions(posted: Iterable[str]) -> list[int]:
    """The numbers of the questions that the form speaks of."""
    return sorted({int(found[1]) for name in posted if (found := NAMED.fullmatch(name))})


def responses(posted: QueryDict, positions: Iterable[int]) -> dict[int, list[str]]:
    """What was answered to each question on the form, by its number; empty when all was removed."""
    several = {
        position: posted.getlist(f"{FIELD}-{position}")
        for position in positions
        if f"{FIELD}-{position}" in posted or f"{ASKED}-{position}" in posted
    }
    # The form of one question does not number its field.
    if FIELD in posted and len(several) == 1:
        return dict.fromkeys(several, response(posted))
    return several


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
    asked = responses(posted, positions)
    if SECONDS in posted and len(asked) == 1:  # the form of one question
        told = dict.fromkeys(asked, whole_number(posted, SECONDS))
    return {position: count for position, count in told.items() if count}


def known(posted: QueryDict) -> dict[int, frozenset[int]] | None:
    """The saves that the page knows, by question, and RUN; None where the form does not tell."""
    told = posted.get(KNOWN)
    if told is None:
        return None
    if not _KNOWN.fullmatch(told):
        raise BadResponse(OUT_OF_SYNC)
    *answers, draft = [frozenset(map(int, each.split("."))) for each in told.split(" ")]
    return {**dict(enumerate(answers, start=1)), RUN: draft}


def response(posted: QueryDict) -> list[str]:
    """The options chosen, or the number written, in a form about one question."""
    return posted.getlist(FIELD)


def whole_number(posted: QueryDict, name: str) -> int:
    """A whole number from a hidden field; 0 if it is missing or not a number."""
    value = posted.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value) else 0
