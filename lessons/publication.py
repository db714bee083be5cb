"""What published tracks and lessons need from each other, and from experiments."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from authoring.deletion import leaving
from authoring.models import State
from authoring.publication import Lack, weighed
from lessons import rendering
from lessons.models import Lesson, Topic, Track
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.figures import missing_figure
from training_jobs.models import Experiment

PUBLISHED = Q(state=State.PUBLISHED)
# How many of the rows that stand in the way are named.
NAMED = 5


@receiver(weighed, sender=Track)
def weigh_track(row: Track, **_: object) -> list[Lack]:
    """A published track needs a published topic."""
    if not row.is_published or Topic.objects.filter(PUBLISHED, track=row.pk).exists():
        return []
    words = "It has no published topic: publish one of its topics before the track."
    return [Lack("state", words)]


@receiver(weighed, sender=Topic)
def weigh_place(row: Topic, **_: object) -> list[Lack]:
    """A published track keeps its last published topic."""
    before = Topic.objects.filter(PUBLISHED, pk=row.pk).select_related("track").first()
    if before is None or (row.is_published and row.track_id == before.track_id):
        return []
    others = Topic.objects.filter(PUBLISHED, track=before.track).exclude(pk=before.pk)
    if not before.track.is_published or others.exists():
        return []
    words = (
        f"It is the last published topic of the published track “{before.track}”: publish another"
        " one in it, or withdraw the track, before this."
    )
    return [Lack("track" if row.is_published else "state", words)]


@receiver(weighed, sender=Lesson)
def weigh_figures(row: Lesson, **_: object) -> list[Lack]:
    """A published lesson names figures that its experiments' networks have."""
    if not row.is_published:
        return []
    try:
        figures = rendering.figures_in(rendering.parse(row.source))
    except rendering.SourceError:
        return []  # the source field reports that
    shown = Experiment.objects.filter(slug__in={slug for slug, _ in figures})
    plans = dict(shown.values_list("slug", "plan"))
    return [
        Lack("source", f"{{{{ measured {slug}.{metric} }}}}: {words}")
        for slug, metric in sorted(figures)
        if slug in plans and (words := _missing(plans[slug], slug, metric))
    ]


def _missing(plan: dict[str, Any], slug: str, metric: str) -> str:
    try:
        return missing_figure(Plan.parse(plan), slug, metric)
    except PlanError:
        return ""  # the plan field reports that


@receiver(weighed, sender=Experiment)
def weigh_plan(row: Experiment, **_: object) -> list[Lack]:
    """A network keeps the figures that published lessons show of it."""
    lessons = Lesson.objects.filter(PUBLISHED, source__contains=row.slug).select_related("topic")
    return [
        Lack("plan", f"{words} The published lesson “{lesson}” of “{lesson.topic}” shows it.")
        for lesson in lessons
        for slug, metric in sorted(rendering.figures_in(lesson.blocks))
        if slug == row.slug and (words := _missing(row.plan, slug, metric))
    ]


@receiver(leaving, sender=Track)
def keep_track(row: Track, **_: object) -> list[str]:
    topics = [f"“{topic}”" for topic in row.topics.all()[:NAMED]]
    if not topics:
        return []
    words = (
        f"Topics belong to it: {', '.join(topics)}. Move them to another track first, or withdraw"
        " the track: set its state to draft."
    )
    return [words]


@receiver(leaving, sender=Experiment)
def keep_trained(row: Experiment, **_: object) -> list[str]:
    return [
        f"The topic “{topic}” trains it: choose another experiment for the topic first."
        for topic in Topic.objects.filter(experiment=row)[:NAMED]
        if not (topic.is_published and row.is_published)  # told as a withdrawal
    ]


@receiver(weighed, sender=Experiment)
def weigh_experiment(row: Experiment, **_: object) -> list[Lack]:
    """An experiment stays published, with its name, while something published shows its runs."""
    before = Experiment.objects.filter(PUBLISHED, pk=row.pk).first()
    if before is None or (row.is_published and row.slug == before.slug):
        return []
    field = "slug" if row.is_published else "state"
    return [Lack(field, words) for words in _dependents(before, renamed=row.is_published)]


def _dependents(before: Experiment, *, renamed: bool) -> Iterator[str]:
    if not renamed:
        for topic in Topic.objects.filter(PUBLISHED, experiment=before):
            yield (
                f"The published topic “{topic}” trains this experiment: give the topic another one,"
                " or withdraw it, before this."
            )
    shown = Lesson.objects.filter(PUBLISHED, source__contains=before.slug)
    for lesson in shown.select_related("topic"):
        if before.slug in rendering.experiments_in(lesson.blocks):
            yield (
                f"The published lesson “{lesson}” of “{lesson.topic}” shows {before.slug}: take it"
                " out of the lesson, or withdraw the lesson, before this."
            )
