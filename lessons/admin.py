"""Authoring of topics and lessons."""

from django.contrib import admin

from authoring.admin_saving import AuthoredAdmin
from lessons.models import Lesson, Topic, Track
from lessons.rendering import BLOCKS, CONTAINERS
from training_jobs.figures import METRICS

WRITING = (
    "Markdown with ## for sections. On a line of its own: "
    + ", ".join(f"[[{name}]]" for name in BLOCKS)
    + ", each followed by the slugs of the experiments it shows ([[stage]] also by load, split,"
    " scale, train or evaluate). Boxes: "
    + ", ".join(f"::: {name} Title" for name in sorted(CONTAINERS))
    + ", closed by a line :::. Figures: {{ measured EXPERIMENT.METRIC }} with "
    + ", ".join(METRICS)
    + "."
)


@admin.register(Track)
class TrackAdmin(AuthoredAdmin[Track]):
    list_display = ["title", "state", "position"]
    fields = ["title", "slug", "state", "position", "summary"]


@admin.register(Topic)
class TopicAdmin(AuthoredAdmin[Topic]):
    list_display = ["title", "track", "state", "position"]
    list_select_related = ["track"]
    fields = ["title", "slug", "track", "state", "position", "summary", "experiment"]


@admin.register(Lesson)
class LessonAdmin(AuthoredAdmin[Lesson]):
    """“View on site” shows a draft to its author exactly as students will see it."""

    list_display = ["title", "topic", "mode", "state", "minutes", "edited_at"]
    list_filter = ["state", "mode", "topic"]
    list_select_related = ["topic"]
    search_fields = ["title", "source"]
    fieldsets = [
        (None, {"fields": ["topic", "mode", "title", "state", "minutes", "summary"]}),
        ("Text", {"fields": ["source", "key_insight"], "description": WRITING}),
    ]
