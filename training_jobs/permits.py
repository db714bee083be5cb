"""What a learner may change in an experiment: plan fields, each with the list of its values. Pure.

A permit is data that a teacher writes. It is checked when it is saved, and what a learner chose is
checked against it again when a run is asked for.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from training_jobs.engine.plan import Plan, PlanError, told_name
from training_jobs.plan_words import LABELS, said

Values = Mapping[str, Any]
# Every learner may choose these, so nothing has to permit them.
ALWAYS = ("seed", "watched_row")
# A field with more values than this is a form that nobody reads.
MOST_VALUES = 12


class PermitError(ValueError):
    """Permits that cannot be offered. The text names the field and what is possible."""


def check(plan: Values, permits: object) -> None:
    """Raises PermitError unless each permitted value alone makes a plan that can be trained."""
    if not isinstance(permits, Mapping):
        raise PermitError("Permits are a JSON object, such as {“epochs”: [1, 2, 5]}.")
    for field, values in permits.items():
        _check_field(plan, field, values)


def _check_field(plan: Values, field: str, values: object) -> None:
    known = [name for name in LABELS if name not in ALWAYS]
    if field in ALWAYS:
        raise PermitError(f"{field} needs no permit: every learner may choose it.")
    if field not in known:
        raise PermitError(
            f"Unknown field {told_name(field)}; what can be permitted: {', '.join(known)}."
        )
    if not isinstance(values, list) or not 1 <= len(values) <= MOST_VALUES:
        raise PermitError(f"{field}: give a list of 1 to {MOST_VALUES} values.")
    for value in values:
        _check_value(plan, field, value)
    if len({key_of(value) for value in values}) < len(values):
        raise PermitError(f"{field}: a value is listed twice.")
    own = Plan.parse(plan).as_json()[field]
    if key_of(own) not in {key_of(value) for value in values}:
        raise PermitError(f"{field}: the experiment’s own value {key_of(own)} is not in the list.")


def _check_value(plan: Values, field: str, value: object) -> None:
    try:
        changed = Plan.parse({**plan, field: value})
    except PlanError as error:
        raise PermitError(f"{field}: {error}") from error
    # Without weight decay, adamw would be a second adam.
    if field == "optimizer" and value == "adamw" and not changed.weight_decay:
        raise PermitError(
            "optimizer: adamw without weight decay is adam; set weight_decay in the plan,"
            " or take adamw out of the list."
        )


def check_changes(permits: Mapping[str, list[Any]], changes: Values) -> None:
    """Raises PlanError when a learner changes what is not permitted."""
    for field, value in changes.items():
        if field in ALWAYS:
            continue
        if field not in permits:
            raise PlanError(f"{LABELS.get(field, field)} cannot be changed in this experiment.")
        if key_of(value) not in {key_of(permitted) for permitted in permits[field]}:
            offered = "; ".join(said(field, permitted) for permitted in permits[field])
            raise PlanError(
                f"{LABELS[field]} {key_of(value)} is not offered; choose one of: {offered}."
            )


def key_of(value: Any) -> str:
    """A value as it stands in a form: 16 and 16.0 are the same, 1 and true are not."""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(key_of, value))}]"
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value)


def offered(permits: Mapping[str, list[Any]]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each permitted field in reading order: its name, its label, its values by their keys."""
    for field, label in LABELS.items():
        if field in permits:
            yield field, label, {key_of(value): value for value in permits[field]}
