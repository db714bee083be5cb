"""Attempts and answers to read; an attempt can be declared void."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.queries import learners_named
from authoring.admin import ReadOnlyAdmin
from authoring.admin_large import MOST_FOUND, LargeListAdmin
from authoring.admin_moments import MomentsMixin
from lessons.models import Topic
from quizzes.admin_decisions import VoidingAdmin
from quizzes.hundredths import hundredths
from quizzes.models import Answer, Attempt, QuestionVersion, ScoreChange


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
        return "–" if value is None else hundredths(value)

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
class AttemptAdmin(VoidingAdmin, LargeListAdmin, ReadOnlyAdmin):
    list_display = ["quiz", "learner", "by_staff", "state", "points", "started_at", "finished_at"]
    list_filter = ["by_staff", "state", "quiz__kind", "quiz__topic"]
    list_select_related = ["quiz__topic", "learner__user"]
    search_fields = ["learner__user__username", "learner__user__name"]
    found_by = {"learner__in": learners_named}
    fields = ["quiz", "learner", "by_staff", "state", "points", "run", "finished_at", "voiding"]
    readonly_fields = ["by_staff", "points", "voiding"]
    view_on_site = False  # it is its learner's own, and not there for others
    inlines = [AnswerInline, ScoreChangeInline]
    points = in_hundredths("score")


def versions_named(word: str) -> list[int]:
    """The keys of the versions of questions whose slug has this word in it."""
    found = QuestionVersion.objects.filter(question__slug__icontains=word)
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def attempts_named(word: str) -> list[UUID]:
    """The keys of the latest attempts of people with this word in their names."""
    found = Attempt.objects.filter(learner__in=learners_named(word)).order_by("-started_at")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


class TopicFilter(admin.SimpleListFilter):
    """By the topic of the question: along an index, which the attempts' quizzes would not be."""

    title = "topic"
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(topic.pk), str(topic)) for topic in Topic.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Answer]) -> QuerySet[Answer]:
        chosen = self.value()
        if chosen is None or not chosen.isdecimal():
            return queryset
        asked = QuestionVersion.objects.filter(question__topic=int(chosen))
        return queryset.filter(version__in=list(asked.values_list("pk", flat=True)))


@admin.register(Answer)
class AnswerAdmin(LargeListAdmin, ReadOnlyAdmin):
    """Who answered what."""

    list_display = ["learner", "version", "chosen", "correct", "earned", "answered_at"]
    list_filter = ["correct", TopicFilter]
    list_select_related = ["attempt__learner__user", "version__question"]
    search_fields = ["version__question__slug", "attempt__learner__user__username"]
    search_fields += ["attempt__learner__user__name"]
    found_by = {"version__in": versions_named, "attempt__in": attempts_named}
    fields = ["attempt", "version", "asked", "chosen", "correct", "earned", "graded_by", "tries"]
    fields += ["flagged", "seconds", "answered_at"]
    readonly_fields = ["asked", "chosen", "earned"]
    # Of a million rows: the last ones first, without sorting them, and counted once a page.
    ordering = ["-id"]
    earned = in_hundredths("credit")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Statistics link to the answers in one quiz, and to those to one question of it."""
        from_statistics = {
            "attempt__quiz__id__exact",
            "version__question__id__exact",
            "attempt__by_staff__exact",
        }
        return lookup in from_statistics or super().lookup_allowed(lookup, value, request)

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
