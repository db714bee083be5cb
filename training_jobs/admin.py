"""Experiments to author, runs and workers to look at."""

from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.models import Learner, User
from accounts.queries import learners_named
from authoring.admin import ReadOnlyAdmin
from authoring.admin_large import MOST_FOUND, LargeListAdmin
from authoring.admin_saving import AuthoredAdmin
from training_jobs import flood
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


def _learners(word: str) -> list[UUID]:
    """People by their names, and the guests who began from an address."""
    guests = Learner.objects.filter(address=word).order_by("-created_at")
    began = guests.values_list("pk", flat=True)[:MOST_FOUND]
    return learners_named(word) + list(began)


@admin.register(Run)
class RunAdmin(LargeListAdmin, ReadOnlyAdmin):
    list_display = [
        "id",
        "experiment",
        "learner",
        "state",
        "diverged_at",
        "tries",
        "worker",
        "created_at",
        "ended_at",
    ]
    list_filter = ["state", "rank", "created_at", "experiment"]
    search_fields = ["learner__address", "learner__user__username", "learner__user__name"]
    found_by = {"learner__in": _learners}
    actions = ["cancel_queued"]
    list_select_related = ["experiment", "learner__user"]

    def has_clear_permission(self, request: HttpRequest) -> bool:
        """Operators only: teachers may look at learners' runs, not end them."""
        return isinstance(request.user, User) and request.user.is_superuser

    @admin.action(description="Cancel those that are queued", permissions=["clear"])
    def cancel_queued(self, request: HttpRequest, chosen: QuerySet[Run]) -> HttpResponse | None:
        """Says how many first; then cancels them."""
        queued = chosen.filter(state=Run.State.QUEUED)
        if "confirmed" in request.POST:
            count = flood.cancel(queued)
            self.message_user(request, f"Queued runs cancelled: {count}.", messages.SUCCESS)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Cancel queued runs",
            "opts": self.opts,
            "count": queued.count(),
            "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "across": request.POST.get("select_across", "0"),
        }
        return TemplateResponse(request, "admin/training_jobs/run/cancel_queued.html", context)


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
