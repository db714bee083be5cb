"""Loads tracks, topics and lessons from the course's files."""

import re
from pathlib import Path
from typing import Any

from authoring.files import (
    ContentError,
    Outcome,
    course_files,
    each,
    parse_toml,
    read_tables,
    read_text,
    read_toml,
    sync,
    table_lines,
    take,
)
from authoring.models import Authored
from lessons.models import Lesson, Topic, Track
from lessons.modes import MODES
from training_jobs.models import Experiment

Loaded = tuple[Authored, Outcome]


def load_tracks(path: Path) -> list[Loaded]:
    """One track for each `[[track]]` table."""
    tables, lines = read_tables(path, "track"), table_lines(path, "track")

    def load(number: int) -> Loaded:
        line = f", line {lines[number]}" if len(lines) == len(tables) else ""
        place = f"{path}{line}: track {number + 1}"
        table = take(tables[number], place, "slug title summary", "position")
        return sync(Track, {"slug": table.pop("slug")}, table, place)

    return each(load, range(len(tables)))


def load_topic(folder: Path) -> tuple[Topic, Outcome]:
    """The topic of a folder's `topic.toml`; its track and experiment have been loaded before."""
    path = folder / "topic.toml"
    values = take(read_toml(path), path, "title track summary experiment", "position")
    values["track"] = _named(Track, values["track"], path)
    values["experiment"] = _named(Experiment, values["experiment"], path)
    return sync(Topic, {"slug": folder.name}, values, path)


def _named(model: Any, slug: str, path: Path) -> Any:
    row = model.objects.filter(slug=slug).first()
    if row is None:
        name, known = model._meta.verbose_name, model.objects.values_list("slug", flat=True)
        there = ", ".join(known.order_by("slug")) or "none"
        raise ContentError(f"{path}: there is no {name} {slug!r}; there are: {there}.")
    return row


def load_lessons(folder: Path, topic: Topic) -> list[Loaded]:
    """One lesson for each `lessons/<mode>.md` of the topic's folder."""
    return each(lambda path: load_lesson(path, topic), lesson_files(folder))


def lesson_files(folder: Path) -> list[Path]:
    return course_files(folder, "lessons/*.md")


def load_lesson(path: Path, topic: Topic) -> Loaded:
    values, above = read_lesson(path)
    try:
        return sync(Lesson, {"topic": topic, "mode": path.stem}, values, path)
    except ContentError as error:
        raise ContentError(*(_in_file(problem, above) for problem in error.problems)) from error


def read_lesson(path: Path) -> tuple[dict[str, Any], int]:
    """A lesson's values, and how many lines of its file precede its text."""
    if path.stem not in MODES:
        raise ContentError(f"{path}: there is no mode {path.stem}; there are {', '.join(MODES)}")
    text = read_text(path)
    before, marked, source = text.removeprefix("+++\n").partition("\n+++\n")
    if not marked or not text.startswith("+++\n"):
        raise ContentError(f"{path}: begin with a line +++, TOML, and another line +++")
    facts = parse_toml(before, path, above=1)
    values = take(facts, path, "title minutes summary key_insight")
    return values | {"source": source}, before.count("\n") + 3


def _in_file(problem: str, above: int) -> str:
    """The problem, with a line number of the lesson's text turned into one of its file."""
    return re.sub(r"\bLine (\d+):", lambda found: f"line {int(found[1]) + above}:", problem)
