"""Loads questions from the course's files, and the whole course in its order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from authoring.files import ContentError, Outcome, check, claim, decide, digest, read_tables, take
from authoring.models import Authored, State
from lessons.content import load_lessons, load_topic, load_tracks
from lessons.models import Topic
from quizzes.models import Choice, NearMiss, Question
from quizzes.publishing import publish, unpublishable
from quizzes.waivers import as_lines
from training_jobs.content import load_experiments
from training_jobs.models import Experiment
from training_jobs.services import request_reference_run

Loaded = tuple[Authored, Outcome]
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


def load_course(folder: Path) -> Iterator[Loaded]:
    """Loads every topic of the course; raises ContentError that names file and place.

    A row that a teacher has edited stays as it is.
    """
    folders = sorted(path.parent for path in folder.glob("*/topic.toml"))
    with transaction.atomic():
        yield from load_tracks(folder / "tracks.toml")
        # All of them first: a lesson may show the figures of another topic's experiment.
        for topic_folder in folders:
            yield from load_experiments(topic_folder)
        for topic_folder in folders:
            yield from _load_topic(topic_folder)


def _load_topic(folder: Path) -> list[Loaded]:
    topic, outcome = load_topic(folder)
    return [
        (topic, outcome),
        *load_lessons(folder, topic),
        *load_questions(folder / "questions.toml", topic),
    ]


def load_questions(path: Path, topic: Topic) -> list[Loaded]:
    return [load_question(table, path, topic) for table in read_tables(path, "question")]


def load_question(table: dict[str, Any], path: Path, topic: Topic) -> Loaded:
    """One question with its options or near misses, published, unless a teacher has edited it."""
    required = "slug use position difficulty stem hint steps answer check"
    values = OPTIONAL | take(table, path, required, " ".join(OPTIONAL))
    slug, choices, near = (values.pop(name) for name in ("slug", "choice", "near"))
    values["quick_check"] = values.pop("check")
    values["tags"] = _tags(values["tags"], f"{path}: question {slug}")
    values["waived"] = _waived(values.pop("waive"), f"{path}: question {slug}")
    question = Question.objects.filter(slug=slug).first()
    if question is not None and question.topic != topic:
        raise ContentError(f"{path}: question {slug} is one of {question.topic}: name it otherwise")
    source_digest = digest([topic.slug, values, choices, near])
    outcome = decide(question, source_digest)
    question = question or Question(slug=slug)
    outcome = claim(question, outcome)
    if outcome in (Outcome.CREATED, Outcome.UPDATED):
        for name, value in {**values, "topic": topic, "source_digest": source_digest}.items():
            setattr(question, name, value)
        question.state = State.PUBLISHED
        check(question, f"{path}: question {slug}")
        question.save()
        _replace_choices(question, choices, path)
        _replace_near_misses(question, near, path)
        _publish(question, path)
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


def _replace_choices(question: Question, tables: list[dict[str, Any]], path: Path) -> None:
    question.choices.all().delete()
    for position, table in enumerate(tables, start=1):
        values = take(table, path, "id text", "correct mistake feedback pin_last")
        ident = values.pop("id")
        choice = Choice(question=question, position=position, ident=ident, **values)
        check(choice, f"{path}: question {question.slug}: option {ident}")
        choice.save()


def _replace_near_misses(question: Question, tables: list[dict[str, Any]], path: Path) -> None:
    question.near_misses.all().delete()
    for table in tables:
        values = take(table, path, "value mistake", "tolerance")
        miss = NearMiss(question=question, **values)
        check(miss, f"{path}: question {question.slug}: near miss {values['value']}")
        miss.save()


def _publish(question: Question, path: Path) -> None:
    choices, near = list(question.choices.all()), list(question.near_misses.all())
    if found := unpublishable(question, choices, near):
        raise ContentError(f"{path}: question {question.slug}: {' '.join(found)}")
    publish(question)


def request_reference_runs() -> int:
    """Queues each published experiment's missing reference run; returns how many are under way."""
    experiments = Experiment.objects.filter(state=State.PUBLISHED)
    return sum(request_reference_run(experiment).is_active for experiment in experiments)
