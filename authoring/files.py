"""Reads the course's files and brings rows up to date with them.

Problems are reported with their file, line, value and remedy, all at once, so that one round of
corrections is enough.
"""

import codecs
import enum
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, TextField

from authoring.fields import LONGEST_PROSE, TOO_LONG
from authoring.models import Authored, State
from authoring.publication import lacking
from authoring.revisions import Outdated, advance
from authoring.values import unsound

Row = TypeVar("Row", bound=Authored)
Item = TypeVar("Item")
Made = TypeVar("Made")

# What each key must hold, anywhere in the course, and how that is described.
TEXT, WHOLE, NUMBER, TRUTH, TABLE, TABLES = (
    *("a text in quotes", "a whole number", "a number", "true or false"),
    *("a table", "tables of their own"),
)
KINDS: Mapping[str, tuple[str, ...]] = {
    TEXT: (
        *("slug", "title", "summary", "stem", "hint", "steps", "answer", "check", "watch"),
        *("kind", "credit", "unit", "use", "difficulty", "track", "experiment"),
        *("key_insight", "id", "text", "mistake", "feedback"),
    ),
    WHOLE: ("position", "minutes"),
    NUMBER: ("tolerance", "value"),
    TRUTH: ("correct", "keep_order", "pin_last"),
    TABLE: ("plan", "permits", "waive"),
    TABLES: ("choice", "near"),
}
KIND_OF = {key: kind for kind, keys in KINDS.items() for key in keys}
TYPES: Mapping[str, tuple[type, ...]] = {
    TEXT: (str,),
    WHOLE: (int,),
    NUMBER: (int, float),
    TRUTH: (bool,),
    TABLE: (dict,),
}
# A longer value is cut off in a message.
SHOWN = 60


class ContentError(ValueError):
    """Course files cannot be loaded; each problem names its place and the remedy."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Outcome(enum.StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept as edited in the admin"


def each(load: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What `load` returns for each item; raises one ContentError with the problems of all."""
    made: list[Made] = []
    problems: list[str] = []
    for item in items:
        try:
            made.append(load(item))
        except ContentError as error:
            problems += error.problems
    if problems:
        raise ContentError(*problems)
    return made


def course_files(folder: Path, pattern: str) -> list[Path]:
    """The files that authors wrote, in order, without those that systems and editors leave."""
    found = sorted(folder.glob(pattern))
    return [path for path in found if not any(map(_is_left_over, path.relative_to(folder).parts))]


def _is_left_over(name: str) -> bool:
    """Hidden ones (._x.toml, .DS_Store, .#x.md) and the copies that editors make (~x, #x#)."""
    return name.startswith((".", "~", "#")) or name.endswith(("~", "#"))


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark; lines end with LF."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ContentError(f"{path}: cannot be read: {error.strerror or error}.") from error
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ContentError(f"{path}: is in UTF-16: save it as UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"line {line}: byte 0x{raw[error.start]:02x} is not UTF-8: save the file as UTF-8."
        raise ContentError(f"{path}: {said}") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ContentError(f"{path}: line {line}: there is a NUL character: remove it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises ContentError that names file and line."""
    return parse_toml(read_text(path), path)


def parse_toml(text: str, path: Path, *, above: int = 0) -> dict[str, Any]:
    """The same for a part of the file, below `above` other lines."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path}: {_toml_problem(str(error), text, above)}") from error
    except RecursionError as error:
        where = _line_with(r"[\[{=.\s]{50}", text, above)
        said = "is nested too deeply to be read: use fewer levels of brackets."
        raise ContentError(f"{path}: {where}{said}") from error
    except ValueError as error:  # Python reads no whole number of thousands of digits
        where = _line_with(r"\d[\d_]{999}", text, above)
        said = "a number has too many digits to be read: write a smaller one."
        raise ContentError(f"{path}: {where}{said}") from error


def _line_with(pattern: str, text: str, above: int) -> str:
    found = re.search(pattern, text)
    return f"line {text.count(chr(10), 0, found.start()) + 1 + above}: " if found else ""


def _toml_problem(said: str, text: str, above: int) -> str:
    match = re.search(r" \(at line (\d+), column (\d+)\)", said)
    lines = text.split("\n")
    number, column = (int(match[1]), int(match[2])) if match else (len(lines), 0)
    where = f"line {number + above}" + (f", column {column}" if column else "")
    line = lines[number - 1].strip() if number <= len(lines) else ""
    if "Cannot overwrite" in said or "twice" in said:
        return f"{where}: {line[:SHOWN]!r} appears twice in its table: keep one."
    what = said.replace(match[0], "") if match else said
    return f"{where}: {what}" + (f": {line[:SHOWN]!r}." if line else ".")


def read_tables(path: Path, name: str) -> list[dict[str, Any]]:
    """The `[[name]]` tables of a TOML file, of which there has to be one at least."""
    tables = read_toml(path).get(name)
    if not isinstance(tables, list) or not tables:
        raise ContentError(f"{path}: has no table [[{name}]]")
    return tables


def table_lines(path: Path, name: str) -> list[int]:
    """The lines on which the `[[name]]` tables begin."""
    header = re.compile(rf"\s*\[\[\s*{re.escape(name)}\s*\]\]")
    lines = read_text(path).split("\n")
    return [number for number, line in enumerate(lines, start=1) if header.match(line)]


def take(
    table: Mapping[str, Any], place: Path | str, required: str, optional: str = ""
) -> dict[str, Any]:
    """`table` with exactly the named keys, each of its kind; else a ContentError."""
    if not isinstance(table, Mapping):
        raise ContentError(f"{place}: {shown(table)} is not a table: write one")
    needed, allowed = set(required.split()), set(required.split()) | set(optional.split())
    problems = []
    if missing := sorted(needed - set(table)):
        problems.append(f"{place}: lacks {', '.join(missing)}: write {_examples(missing)}.")
    if unknown := sorted(set(table) - allowed):
        problems.append(
            f"{place}: has unknown {', '.join(unknown)}: {_meant(unknown, missing, allowed)}."
        )
    problems += [
        f"{place}: {key} is {shown(table[key])}: write {KIND_OF[key]}."
        for key in table
        if key in allowed and key in KIND_OF and not _is_kind(KIND_OF[key], table[key])
    ]
    problems += [f"{place}: {key} {said}" for key in table if (said := unsound(table[key]))]
    if problems:
        raise ContentError(*problems)
    return dict(table)


def shown(value: object) -> str:
    """A value as its author would recognise it."""
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _is_kind(kind: str, value: object) -> bool:
    if kind == TABLES:
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return isinstance(value, TYPES[kind]) and (kind == TRUTH or not isinstance(value, bool))


def _examples(keys: Iterable[str]) -> str:
    values = {TEXT: '"…"', WHOLE: "1", NUMBER: "0.5", TRUTH: "true", TABLE: "{ … }"}
    return ", ".join(f"{key} = {values[KIND_OF[key]]}" for key in keys)


def _meant(unknown: Iterable[str], missing: Iterable[str], allowed: Iterable[str]) -> str:
    """What was probably meant: first of all, a key that is missing."""
    near = {
        key: get_close_matches(key, list(missing), 1) or get_close_matches(key, list(allowed), 1)
        for key in unknown
    }
    meant = [f"{found[0]} instead of {key}" for key, found in near.items() if found]
    known = f"allowed here: {', '.join(sorted(allowed))}"
    return f"write {', '.join(meant)}; {known}" if meant else known


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


def check(row: Model, place: str, known: Collection[str] = ()) -> None:
    """Raises ContentError that names the place and each field that the model refuses.

    The database is not asked about the fields that are `known` to be right, nor about what has to
    be unique together with them.
    """
    for field in row._meta.fields:
        text = getattr(row, field.attname)
        if isinstance(field, TextField) and isinstance(text, str) and len(text) > LONGEST_PROSE:
            said = TOO_LONG % {"show_value": len(text), "limit_value": LONGEST_PROSE}
            raise ContentError(f"{place}: {field.name}: {said}")
    try:
        row.full_clean(exclude=known)
    except ValidationError as error:
        raise ContentError(
            *(
                f"{place}: {_refused(row, name, text)}"
                for name, texts in error.message_dict.items()
                for text in texts
            )
        ) from error


def _refused(row: Model, name: str, said: str) -> str:
    """A field's name, its value if it is short, what is wrong, and what is allowed."""
    value = getattr(row, name, "")
    short = isinstance(value, str | int | float | date | time) and len(str(value)) <= SHOWN
    choices = next((field.choices for field in row._meta.fields if field.name == name), None)
    allowed = f" Write one of: {', '.join(str(one) for one, _ in choices)}." if choices else ""
    return f"{name} is {shown(value)}: {said}{allowed}" if short else f"{name}: {said}{allowed}"


def check_publication(rows: Iterable[tuple[Authored, Path]]) -> None:
    """Raises ContentError with what published rows lack. Call it after all files are loaded.

    A row that a person has edited was weighed when it was saved.
    """
    problems = [
        f"{path}: {row._meta.verbose_name} {row}: {lack.words}"
        for row, path in rows
        if row.is_published and row.edited_at is None
        for lack in lacking(row, from_file=True)
    ]
    if problems:
        raise ContentError(*problems)


def sync(
    model: type[Row], key: Mapping[str, Any], values: Mapping[str, Any], path: Path | str
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
