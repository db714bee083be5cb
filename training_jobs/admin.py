"""Experiments to author, runs and workers to look at."""

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from authoring.admin import ReadOnlyAdmin
from authoring.admin_saving import AuthoredAdmin
from training_jobs.models import Experiment, Run, Worker
from training_jobs.services import request_reference_run


@admin.register(Experiment)
class ExperimentAdmin(AuthoredAdmin[Experiment]):
    list_display = ["title", "slug", "state", "edited_at"]
    list_filter = ["state"]
    search_fields = ["title", "slug"]
    fields = ["title", "slug", "state", "position", "summary", "plan", "permits"]

    def save_model(
        self,
        request: HttpRequest,
        obj: Experiment,
        form: ModelForm[Experiment],
        change: bool,
    ) -> None:
        """Lesson pages draw their figures from reference runs: a new plan gets one at once."""
        super().save_model(request, obj, form, change)
        if obj.is_published:
            request_reference_run(obj)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "experiment",
        "learner",
        "state",
        "tries",
        "worker",
        "created_at",
        "ended_at",
    ]
    list_filter = ["state", "experiment"]
    list_select_related = ["experiment", "learner__user"]


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = [
        "name",
        "state",
        "reason",
        "host",
        "tensorflow",
        "devices",
        "megabytes",
        "started_at",
        "last_seen",
    ]
