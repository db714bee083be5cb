"""Attempts and answers to read; an attempt can be declared void."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authoring.admin import ReadOnlyAdmin
from authoring.admin_moments import MomentsMixin
from quizzes.admin_decisions import VoidingAdmin
from quizzes.models import Answer, Attempt, ScoreChange


def chosen(answer: Answer) -> SafeString | str:
    """The options that a learner chose, or the number as it was typed."""
    facts = answer.version.facts
    if not facts.choices:
        return " ".join(answer.response) or "–"
    options = [choice.html for ident in answer.response if (choice := facts.choice(ident))]
    return SafeString(" · ".join(options)) if options else "–"


def in_hundredths(name: str) -> Callable[[Any, Model], str]:
    """A column of points or credit as learners read them: with two decimals at most."""

    @admin.display(description=name.replace("_", " "), ordering=name)
    def shown(_page: Any, row: Model) -> str:
        value = getattr(row, name)
        return "–" if value is None else floatformat(value, -2)

    return shown


class AnswerInline(MomentsMixin, admin.TabularInline[Answer, Attempt]):
    model = Answer
    template = "admin/quizzes/attempt/_rows.html"
    fields = ["position", "version", "chosen", "correct", "earned", "answered_at"]
    readonly_fields = ["position", "version", "chosen", "correct", "earned", "answered_at"]
    extra = 0
    can_delete = False
    earned = in_hundredths("credit")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("version__question")

    @admin.display(description="Chosen")
    def chosen(self, answer: Answer) -> SafeString | str:
        return chosen(answer)

    def has_add_permission(self, request: HttpRequest, obj: Attempt | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Attempt | None = None) -> bool:
        return False


class ScoreChangeInline(MomentsMixin, admin.TabularInline[ScoreChange, Attempt]):
    """What a corrected key has changed, when and why."""

    model = ScoreChange
    template = "admin/quizzes/attempt/_rows.html"
    fields = ["created_at", "version", "before", "after", "reason", "by"]
    readonly_fields = ["created_at", "version", "before", "after", "reason", "by"]
    extra = 0
    can_delete = False
    before, after = in_hundredths("score_before"), in_hundredths("score_after")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScoreChange]:
        return super().get_queryset(request).select_related("version__question", "author")

    @admin.display(description="Author")
    def by(self, change: ScoreChange) -> str:
        """A name without a link: teachers may not look at accounts."""
        return str(change.author or "–")

    def has_add_permission(self, request: HttpRequest, obj: Attempt | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Attempt | None = None) -> bool:
        return False


@admin.register(Attempt)
class AttemptAdmin(VoidingAdmin, ReadOnlyAdmin):
    list_display = ["quiz", "learner", "by_staff", "state", "points", "started_at", "finished_at"]
    list_filter = ["by_staff", "state", "quiz__kind", "quiz__topic"]
    list_select_related = ["quiz__topic", "learner__user"]
    search_fields = ["learner__user__username", "learner__user__name"]
    fields = ["quiz", "learner", "by_staff", "state", "points", "run", "finished_at", "voiding"]
    readonly_fields = ["by_staff", "points", "voiding"]
    view_on_site = False  # it is its learner's own, and not there for others
    inlines = [AnswerInline, ScoreChangeInline]
    points = in_hundredths("score")


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """Who answered what."""

    list_display = ["learner", "version", "chosen", "correct", "earned", "answered_at"]
    list_filter = ["correct", "attempt__by_staff", "attempt__quiz__kind", "attempt__quiz__topic"]
    list_select_related = ["attempt__learner__user", "version__question"]
    search_fields = ["version__question__slug", "attempt__learner__user__username"]
    search_fields += ["attempt__learner__user__name"]
    fields = ["attempt", "version", "asked", "chosen", "correct", "earned", "graded_by", "tries"]
    fields += ["flagged", "seconds", "answered_at"]
    readonly_fields = ["asked", "chosen", "earned"]
    # Of a million rows: the last ones first, without sorting them, and counted once a page.
    ordering = ["-id"]
    show_full_result_count = False
    earned = in_hundredths("credit")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Statistics link to the answers in one quiz, and to those to one question of it."""
        from_statistics = lookup in ("attempt__quiz__id__exact", "version__question__id__exact")
        return from_statistics or super().lookup_allowed(lookup, value, request)

    @admin.display(description="Learner")
    def learner(self, answer: Answer) -> str:
        return str(answer.attempt.learner)

    @admin.display(description="Chosen")
    def chosen(self, answer: Answer) -> SafeString | str:
        return chosen(answer)

    @admin.display(description="Question")
    def asked(self, answer: Answer) -> SafeString:
        # It may hold a table that is wider than a narrow screen.
        return format_html(
            '<div class="scroll" role="region" aria-label="Question" tabindex="0">{}</div>',
            SafeString(answer.version.facts.stem),
        )
