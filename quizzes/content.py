"""Loads questions from the course's files, and the whole course in its order."""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction

from authoring.files import (
    ContentError,
    Outcome,
    check,
    check_publication,
    claim,
    course_files,
    decide,
    digest,
    each,
    read_tables,
    shown,
    table_lines,
    take,
)
from authoring.models import Authored, State
from authoring.publication import hold_course, lacking
from authoring.revisions import Outdated, advance
from lessons.content import lesson_files, load_lessons, load_topic, load_tracks, read_lesson
from lessons.models import Lesson, Topic, Track
from quizzes.models import Choice, NearMiss, Question, new_choice_id
from quizzes.publishing import publish, unpublishable
from quizzes.waivers import as_lines
from training_jobs.content import experiment_files, load_experiments
from training_jobs.models import Experiment

Loaded = tuple[Authored, Outcome]
OPTION_ID = re.compile(r"[0-9a-f]{6}")
# What a question may leave out; a field that is taken out of a file goes back to this.
OPTIONAL: dict[str, Any] = {
    "watch": "",
    "kind": Question.Kind.SINGLE,
    "credit": Question.Credit.ALL_OR_NOTHING,
    "keep_order": False,
    "waive": {},
    "tags": [],
    "value": None,
    "tolerance": 0.0,
    "unit": "",
    "choice": [],
    "near": [],
}


def load_course(folder: Path) -> list[Loaded]:
    """Loads every topic of the course, or nothing; raises ContentError with all that is wrong.

    A row that a teacher has edited stays as it is.
    """
    folders = [path.parent for path in course_files(folder, "*/topic.toml")]
    # All experiments first: a lesson may show the figures of another topic's.
    parts: list[Callable[[], Sequence[Loaded]]] = [
        partial(load_tracks, folder / "tracks.toml"),
        partial(_refuse_doubles, folders),
        *(partial(load_experiments, topic_folder) for topic_folder in folders),
        *(partial(_load_topic, topic_folder) for topic_folder in folders),
    ]
    with transaction.atomic():
        hold_course()
        loaded = [row for rows in each(lambda part: part(), parts) for row in rows]
        if any(outcome in (Outcome.CREATED, Outcome.UPDATED) for _, outcome in loaded):
            check_publication((row, _file_of(row, folder)) for row, _ in loaded)
    return loaded


def _file_of(row: Authored, folder: Path) -> Path:
    if isinstance(row, Question):
        return folder / row.topic.slug / "questions.toml"
    if isinstance(row, Lesson):
        return folder / row.topic.slug / "lessons" / f"{row.mode}.md"
    if isinstance(row, Topic):
        return folder / row.slug / "topic.toml"
    if isinstance(row, Experiment):
        return next(folder.glob(f"*/experiments/{row.slug}.toml"), folder)
    return folder / "tracks.toml"


def _refuse_doubles(folders: Sequence[Path]) -> list[Loaded]:
    """Two files of one experiment would overwrite each other."""
    by_slug: dict[str, Path] = {}
    paths = [path for folder in folders for path in experiment_files(folder)]
    doubles = [path for path in paths if by_slug.setdefault(path.stem, path) != path]
    if doubles:
        said = "{}: there is an experiment of this name in {}: choose another name."
        raise ContentError(*(said.format(path, by_slug[path.stem]) for path in doubles))
    return []


def _load_topic(folder: Path) -> list[Loaded]:
    path = folder / "questions.toml"
    try:
        topic, outcome = load_topic(folder)
    except ContentError as error:
        # Report everything else that is wrong in the folder, too.
        raise ContentError(*error.problems, *_misread(folder, path)) from error
    parts: list[Callable[[], list[Loaded]]] = [
        partial(load_lessons, folder, topic),
        partial(load_questions, path, topic),
    ]
    rows = [row for rows in each(lambda part: part(), parts) for row in rows]
    return [(topic, outcome), *rows]


def _misread(folder: Path, path: Path) -> tuple[str, ...]:
    reads: list[Callable[[], object]] = [
        *(partial(read_lesson, lesson) for lesson in lesson_files(folder)),
        partial(read_questions, path),
    ]
    try:
        each(lambda read: read(), reads)
    except ContentError as error:
        return error.problems
    return ()


class Placed(NamedTuple):
    """A question's table, its place in the file, and the lines of its options."""

    table: dict[str, Any]
    place: str
    options: list[int]


def _questions_of(path: Path) -> list[Callable[[], Placed]]:
    """A function for each question of a file, which checks its keys and returns it placed."""
    tables, lines = read_tables(path, "question"), table_lines(path, "question")
    if len(lines) != len(tables):  # some text contains such a line
        lines = []
    options, ends = table_lines(path, "question.choice"), [*lines[1:], math.inf]
    required = "slug use position difficulty stem hint steps answer check"
    seen: dict[str, str] = {}

    def placed(number: int) -> Placed:
        slug = tables[number].get("slug") if isinstance(tables[number], dict) else None
        line = f", line {lines[number]}" if lines else ""
        place = f"{path}{line}: question {slug or number + 1}"
        table = take(tables[number], place, required, " ".join(OPTIONAL))
        if seen.setdefault(table["slug"], line.strip(", ")) != line.strip(", "):
            said = f"this name is taken, {seen[table['slug']]}: choose another."
            raise ContentError(f"{place}: {said}")
        own = [at for at in options if lines and lines[number] < at < ends[number]]
        return Placed(table, place, own)

    return [partial(placed, number) for number in range(len(tables))]


def read_questions(path: Path) -> list[Placed]:
    """The questions of a file, without loading them."""
    return each(lambda read: read(), _questions_of(path))


def load_questions(path: Path, topic: Topic) -> list[Loaded]:
    """The questions of a file; where some cannot be read, the others are tried all the same."""
    return each(lambda read: load_question(read(), topic), _questions_of(path))


def load_question(placed: Placed, topic: Topic) -> Loaded:
    """One question with its options or near misses, published, unless a teacher has edited it."""
    values = OPTIONAL | placed.table
    slug, choices, near = (values.pop(name) for name in ("slug", "choice", "near"))
    values["quick_check"] = values.pop("check")
    values["tags"] = _tags(values["tags"], placed.place)
    values["waived"] = _waived(values.pop("waive"), placed.place)
    question = Question.objects.filter(slug=slug).first()
    if question is not None and question.topic != topic:
        raise ContentError(
            f"{placed.place}: “{question.topic}” has a question of this name: choose another."
        )
    source_digest = digest([topic.slug, values, choices, near])
    outcome = decide(question, source_digest)
    question = question or Question(slug=slug)
    outcome = claim(question, outcome)
    if outcome in (Outcome.CREATED, Outcome.UPDATED):
        for name, value in {**values, "topic": topic, "source_digest": source_digest}.items():
            setattr(question, name, value)
        question.state = State.PUBLISHED
        check(question, placed.place)
        question.save()
        _replace_choices(question, choices, placed)
        _replace_near_misses(question, near, placed)
        _publish(question, placed)
    return question, outcome


def _tags(tags: object, place: str) -> str:
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ContentError(f'{place}: write tags as a list, such as ["learning-rate", "adam"]')
    return ", ".join(tags)


def _waived(reasons: object, place: str) -> str:
    if not isinstance(reasons, dict) or not all(isinstance(it, str) for it in reasons.values()):
        raise ContentError(
            f'{place}: write waive as a table, such as {{letters = "B is a matrix"}}'
        )
    return as_lines(reasons)


def _replace_choices(question: Question, tables: list[dict[str, Any]], placed: Placed) -> None:
    question.choices.all().delete()
    made: dict[str, Choice] = {}

    def load(number: int) -> None:
        lines = placed.options
        line = f" (line {lines[number]})" if len(lines) == len(tables) else ""
        place = f"{placed.place}: option {number + 1}{line}"
        values = take(tables[number], place, "id text", "correct mistake feedback pin_last")
        ident = values.pop("id")
        if not OPTION_ID.fullmatch(ident):
            said = f"id is {shown(ident)}: write six hexadecimal digits, such as {new_choice_id()}."
            raise ContentError(f"{place}: {said}")
        if ident in made:
            said = f"the id {ident} appears twice in the question: write another, such as"
            raise ContentError(f"{place}: {said} {new_choice_id()}.")
        made[ident] = Choice(question=question, position=number + 1, ident=ident, **values)
        check(made[ident], place, known={"question"})

    each(load, range(len(tables)))
    Choice.objects.bulk_create(made.values())


def _replace_near_misses(question: Question, tables: list[dict[str, Any]], placed: Placed) -> None:
    question.near_misses.all().delete()

    def load(number: int) -> None:
        place = f"{placed.place}: near miss {number + 1}"
        miss = NearMiss(
            question=question, **take(tables[number], place, "value mistake", "tolerance")
        )
        check(miss, place)
        miss.save()

    each(load, range(len(tables)))


def _publish(question: Question, placed: Placed) -> None:
    choices, near = list(question.choices.all()), list(question.near_misses.all())
    if found := unpublishable(question, choices, near):
        raise ContentError(*(f"{placed.place}: {problem}" for problem in found))
    publish(question)


def left_over(loaded: Sequence[Loaded]) -> list[Authored]:
    """Published rows whose file is gone, or no longer names them.

    They stay as they are: learners may have answered them.
    """
    kept = {(type(row), row.pk) for row, _ in loaded}
    published = [
        row
        for model in (Track, Topic, Experiment, Lesson, Question)
        for row in model._default_manager.filter(state=State.PUBLISHED).exclude(source_digest="")
    ]
    return [row for row in published if (type(row), row.pk) not in kept]


def withdraw(rows: Sequence[Authored]) -> list[Authored]:
    """Makes drafts of the questions and lessons among them that no teacher has edited.

    Those that something published depends on stay. Nothing is deleted: answers, scores and
    statistics stay, and so do open tests. Topics, tracks and experiments, on which others depend,
    are withdrawn in the admin.
    """
    alone = [row for row in rows if isinstance(row, Question | Lesson) and row.edited_at is None]
    return [row for row in alone if _takes_back(row)]


@transaction.atomic
def _takes_back(row: Authored) -> bool:
    """Makes it a draft; False if something depends on it, or somebody has just saved it."""
    hold_course()
    row.state = State.DRAFT
    if lacking(row):
        return False
    try:
        advance(row, row.revision, None)
    except Outdated:
        return False
    type(row)._default_manager.filter(pk=row.pk).update(state=State.DRAFT)
    return True
