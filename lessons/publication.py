"""What published topics, lessons and tracks need of each other and of their experiments."""

from collections.abc import Iterator

from django.db.models import Q
from django.dispatch import receiver

from authoring.models import State
from authoring.publication import Lack, weighed
from lessons import rendering
from lessons.models import Lesson, Topic, Track
from training_jobs.models import Experiment

PUBLISHED = Q(state=State.PUBLISHED)


@receiver(weighed, sender=Track)
def weigh_track(row: Track, **_: object) -> list[Lack]:
    """A track is published when there is a topic in it to open."""
    if not row.is_published or Topic.objects.filter(PUBLISHED, track=row.pk).exists():
        return []
    words = "It has no published topic: publish one of its topics before the track."
    return [Lack("state", words)]


@receiver(weighed, sender=Experiment)
def weigh_experiment(row: Experiment, **_: object) -> list[Lack]:
    """An experiment stays published, under its name, while something published shows its runs."""
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
