"""A form is taken with the fields that its page gave it, and with no others.

A field that the form does not have was sent for a purpose that it could not serve: it is refused,
not ignored. Forms with fields of their own say it beside them (`odd_fields`); the
others through `takes`.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from functools import wraps
from itertools import islice
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, QueryDict

from throttling.refusals import TurnedAway

# Each of our forms has it, and twice if the form was sent again from the page that refused it.
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  (a field's name)
# How much of an unknown name a sentence quotes.
LONGEST_NAME = 40
# How many odd names a message lists.
MOST_SAID = 3

AnyView = TypeVar("AnyView", bound=Callable[..., HttpResponse])


class OddFields(TurnedAway):
    """A form came with fields that it does not have; nothing of it was done."""

    status = 422


def takes(*once: str, often: str = "") -> Callable[[AnyView], AnyView]:
    """Lets a POST to the view have these fields only: `once` each, and those that match `often`."""
    beside = re.compile(f"{TOKEN}|{often}" if often else TOKEN)

    def strict(view: AnyView) -> AnyView:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **options: object) -> HttpResponse:
            if request.method == "POST":
                refuse_odd(request, once, beside)
            return view(request, *args, **options)

        return answer  # type: ignore[return-value]  # it is called as the view is

    return strict


def refuse_odd(request: HttpRequest, once: Container[str], beside: re.Pattern[str]) -> None:
    """Raises OddFields for what the form does not have."""
    if odd := list(odd_fields(request.POST, request.FILES, once, beside)):
        raise OddFields(" ".join(odd))


def odd_fields(
    sent: QueryDict, files: Iterable[str], once: Container[str], beside: re.Pattern[str]
) -> Iterator[str]:
    """What is wrong with the names that were sent, in sentences; only the first of many."""
    return islice(_odd(sent, files, once, beside), MOST_SAID)


def _odd(
    sent: QueryDict, files: Iterable[str], once: Container[str], beside: re.Pattern[str]
) -> Iterator[str]:
    for name in files:
        yield f"This form accepts no file. Leave out “{_shown(name)}”."
    for name in sent:
        if name in once:
            if (times := len(sent.getlist(name))) > 1:
                yield f"“{name}” was sent {times} times. Send one value for it."
        elif not beside.fullmatch(name):
            what = f"no field “{_shown(name)}”" if name else "no field without a name"
            yield f"This form has {what}. Leave it out, or reload the page."


def _shown(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
