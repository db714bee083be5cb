"""Loads tracks, topics and lessons from the course's files."""

import tomllib
from pathlib import Path
from typing import Any

from authoring.files import ContentError, Outcome, read_tables, read_toml, sync, take
from authoring.models import Authored
from lessons.models import Lesson, Topic, Track
from lessons.modes import MODES
from training_jobs.models import Experiment

Loaded = tuple[Authored, Outcome]


def load_tracks(path: Path) -> list[Loaded]:
    """One track for each `[[track]]` table."""
    tables = [
        take(table, path, "slug title summary", "position") for table in read_tables(path, "track")
    ]
    return [sync(Track, {"slug": table.pop("slug")}, table, path) for table in tables]


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
        raise ContentError(f"{path}: there is no {model._meta.verbose_name} {slug!r}")
    return row


def load_lessons(folder: Path, topic: Topic) -> list[Loaded]:
    """One lesson for each `lessons/<mode>.md` of the topic's folder."""
    return [load_lesson(path, topic) for path in sorted((folder / "lessons").glob("*.md"))]


def load_lesson(path: Path, topic: Topic) -> Loaded:
    if path.stem not in MODES:
        raise ContentError(f"{path}: there is no mode {path.stem}; there are {', '.join(MODES)}")
    before, marked, source = (
        path.read_text(encoding="utf-8").removeprefix("+++\n").partition("\n+++\n")
    )
    if not marked:
        raise ContentError(f"{path}: begin with a line +++, TOML, and another line +++")
    try:
        facts = tomllib.loads(before)
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path}: {error}") from error
    values = take(facts, path, "title minutes summary key_insight") | {"source": source}
    return sync(Lesson, {"topic": topic, "mode": path.stem}, values, path)
