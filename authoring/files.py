"""Reads the course's files and brings rows up to date with them."""

import enum
import hashlib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, TextField

from authoring.fields import LONGEST_PROSE, TOO_LONG
from authoring.models import Authored, State
from authoring.revisions import Outdated, advance

Row = TypeVar("Row", bound=Authored)


class ContentError(ValueError):
    """A course file says something that cannot be loaded; the text names file, place and remedy."""


class Outcome(enum.StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept as edited in the admin"


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises ContentError that names file and line."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: {error}") from error


def read_tables(path: Path, name: str) -> list[dict[str, Any]]:
    """The `[[name]]` tables of a TOML file, of which there has to be one at least."""
    tables = read_toml(path).get(name)
    if not isinstance(tables, list) or not tables:
        raise ContentError(f"{path}: has no table [[{name}]]")
    return tables


def take(table: Mapping[str, Any], path: Path, required: str, optional: str = "") -> dict[str, Any]:
    """`table` with exactly the named keys; a missing or an unknown key raises ContentError."""
    needed, allowed = set(required.split()), set(required.split()) | set(optional.split())
    for problem, keys in (("misses", needed - set(table)), ("has unknown", set(table) - allowed)):
        if keys:
            raise ContentError(f"{path}: {problem} {', '.join(sorted(keys))}")
    return dict(table)


def digest(values: object) -> str:
    """sha256 of `values` as canonical JSON; foreign keys count by their primary key."""
    text = json.dumps(
        values, sort_keys=True, default=lambda value: getattr(value, "pk", str(value))
    )
    return hashlib.sha256(text.encode()).hexdigest()


def decide(row: Authored | None, source_digest: str) -> Outcome:
    """What loading a file with `source_digest` should do to `row`."""
    if row is None:
        return Outcome.CREATED
    if row.edited_at is not None:
        return Outcome.KEPT
    return Outcome.UNCHANGED if row.source_digest == source_digest else Outcome.UPDATED


def claim(row: Authored, outcome: Outcome) -> Outcome:
    """Takes the row's next revision if it is to be updated; KEPT if a person has just saved it."""
    if outcome is Outcome.UPDATED:
        try:
            advance(row, row.revision, None)
        except Outdated:
            return Outcome.KEPT
    return outcome


def check(row: Model, place: str) -> None:
    """Raises ContentError that names the place and each field that the model refuses."""
    for field in row._meta.fields:
        text = getattr(row, field.attname)
        if isinstance(field, TextField) and isinstance(text, str) and len(text) > LONGEST_PROSE:
            said = TOO_LONG % {"show_value": len(text), "limit_value": LONGEST_PROSE}
            raise ContentError(f"{place}: {field.name}: {said}")
    try:
        row.full_clean()
    except ValidationError as error:
        refused = [f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
        raise ContentError(f"{place}: {'; '.join(refused)}") from error


def sync(
    model: type[Row], key: Mapping[str, Any], values: Mapping[str, Any], path: Path
) -> tuple[Row, Outcome]:
    """Creates or updates the row named by `key`, published, unless a teacher has edited it.

    Raises ContentError, with the `path` that the values come from, when the model refuses them.
    """
    row = model._default_manager.filter(**key).first()
    source_digest = digest({**key, **values})
    outcome = decide(row, source_digest)
    if row is None:
        row = model(**key)
    outcome = claim(row, outcome)
    if outcome in (Outcome.CREATED, Outcome.UPDATED):
        for name, value in values.items():
            setattr(row, name, value)
        row.state, row.source_digest = State.PUBLISHED, source_digest
        check(row, str(path))
        row.save()
    return row, outcome
