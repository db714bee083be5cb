"""Authoring of topics and lessons."""

from django.contrib import admin

from authoring.admin import AuthoredAdmin
from lessons.models import Lesson, Topic, Track


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
    fields = ["topic", "mode", "title", "state", "minutes", "summary", "source", "key_insight"]
