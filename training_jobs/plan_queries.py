"""A run's plan in the address of its experiment's form: how it is written, and how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import ChoiceField, Field
from django.http import QueryDict
from django.utils.http import urlencode

from training_jobs.models import Run
from training_jobs.permits import key_of
from training_jobs.plan_words import LABELS

# Of a value that is not offered, as much as a sentence bears.
LONGEST_VALUE = 40


@dataclass(frozen=True)
class Again:
    """Where a run can be asked for again; `is_whole` unless the form cannot offer its plan."""

    address: str
    is_whole: bool


def again(run: Run) -> Again:
    """The experiment's form, filled in with this run's plan; one's own seed goes with it."""
    permits = run.experiment.permits
    values = {change.field: change.value for change in run.changes}
    whole = all(
        key_of(value) in map(key_of, permits.get(name, [])) for name, value in values.items()
    )
    if (row := run.plan.get("watched_row", 0)) != run.experiment.plan.get("watched_row", 0):
        values["watched_row"] = row
    if not run.is_reference:
        values["seed"] = run.plan["seed"]
    query = urlencode([(name, key_of(value)) for name, value in values.items()])
    address = run.experiment.get_absolute_url()
    return Again(f"{address}?{query}" if query else address, whole)


@dataclass
class Read:
    """What a query sets in a form, by field, and in sentences what of it was left out."""

    values: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def read(query: QueryDict, offered: Mapping[str, Field]) -> Read:
    """The plan's fields in `query` that the form offers, with values that it takes.

    Other fields of a plan are named as left out. Anything else in the query is ignored.
    """
    found = Read()
    for name in filter(query.__contains__, LABELS):
        given: Any = query.getlist(name)
        if name not in offered:
            found.left_out.append(
                f"{LABELS[name]} cannot be changed in this experiment, and stays as it is."
            )
        elif len(given) > 1:
            found.left_out.append(
                f"{LABELS[name]} was given {len(given)} times, and stays as it is. Choose one."
            )
        elif not (refusal := _refusal(offered[name], given[0])):
            found.values[name] = given[0]
        elif isinstance(offered[name], ChoiceField):
            found.left_out.append(
                f"{LABELS[name]}: “{_shown(given[0])}” is not offered, and the experiment’s own"
                " value stays. Choose another."
            )
        else:
            found.left_out.append(
                f"{LABELS[name]}: “{_shown(given[0])}” is not accepted, and its field stays as it"
                f" was. {refusal}"
            )
    return found


def _refusal(offered: Field, value: str) -> str:
    """Why the field does not accept the value; empty if it does."""
    try:
        offered.clean(value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _shown(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"
