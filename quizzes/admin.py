"""Authoring of questions."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.forms import Field, ModelForm, Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authoring.admin_saving import AuthoredAdmin
from quizzes import admin_attempts, admin_quizzes  # noqa: F401  (they register their own pages)
from quizzes.admin_decisions import RegradingAdmin
from quizzes.admin_statistics import MeasuredAdmin
from quizzes.admin_warnings import WarningAdmin
from quizzes.arrangement import arranged
from quizzes.facts import QuestionFacts
from quizzes.grading import grade
from quizzes.models import Choice, NearMiss, Question, QuestionVersion
from quizzes.publishing import discard, facts_of, publish, unpublishable, warnings_about
from quizzes.question_forms import (
    LOW,
    ChoiceForm,
    ChoicesFormSet,
    NearMissForm,
    QuestionForm,
    place_problems,
)
from quizzes.showing import show


class NearMissInline(admin.StackedInline[NearMiss, Question]):
    model = NearMiss
    form = NearMissForm
    template = "admin/quizzes/question/_rows.html"
    verbose_name_plural = "near misses: wrong numbers that many will give"
    fields = ["value", "tolerance", "mistake"]
    formfield_overrides = LOW
    extra = 1


class ChoiceInline(admin.StackedInline[Choice, Question]):
    model = Choice
    form = ChoiceForm
    formset = ChoicesFormSet
    template = "admin/quizzes/question/_rows.html"
    verbose_name = "option"
    verbose_name_plural = "options"
    fields = ["text", "correct", "mistake", "feedback", "position", "pin_last"]
    formfield_overrides = LOW
    extra = 4

    def get_extra(self, request: HttpRequest, obj: Question | None = None, **kwargs: Any) -> int:
        return 0 if obj and obj.choices.exists() else self.extra


@admin.register(Question)
class QuestionAdmin(RegradingAdmin, MeasuredAdmin, WarningAdmin, AuthoredAdmin[Question]):
    """A question on one page. Saving it as published freezes a version for learners.

    Fieldsets of the class `only-KIND` concern that kind of question alone; the options and near
    misses come behind the one of the class `then-rows`.
    """

    class Media:
        js = [Script("js/question-form.js", type="module")]

    form = QuestionForm
    formfield_overrides = LOW
    list_display = ["slug", "topic", "use", "position", "kind", "difficulty", "state", "preview"]
    list_filter = ["topic", "use", "kind", "difficulty", "state"]
    list_select_related = ["topic", "version"]
    search_fields = ["slug", "stem", "tags"]
    prepopulated_fields = {"slug": ["stem"]}
    inlines = [NearMissInline, ChoiceInline]
    readonly_fields = ["measured", "warned"]
    fieldsets = [
        (None, {"fields": ["topic", "state", "kind", "stem"]}),
        (
            "If several options may be right",
            {"fields": ["credit"], "classes": ["only-multiple"]},
        ),
        (
            "The order of its options",
            {"fields": ["keep_order"], "classes": ["only-mixed"]},
        ),
        (
            "If it asks for a number",
            {"fields": ["value", "tolerance", "unit"], "classes": ["only-numeric", "then-rows"]},
        ),
        ("Before the answer", {"fields": ["hint"]}),
        ("After the answer", {"fields": ["steps", "answer", "quick_check", "watch"]}),
        (
            "Where it is asked",
            {"fields": ["use", "position", "difficulty", "measured", "tags", "slug"]},
        ),
        ("Warnings", {"fields": ["warned", "waived"]}),
    ]

    @admin.display(description="Preview")
    def preview(self, question: Question) -> SafeString:
        url = reverse("admin:quizzes_question_preview", args=[question.pk])
        return format_html(
            '<a href="{}">See it<span class="visually-hidden"> as learners will: {}</span></a>',
            url,
            question.slug,
        )

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """The topic is chosen, without the buttons that change topics from within a question."""
        if isinstance(db_field, models.ForeignKey):
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        place_problems(context["adminform"].form, {formset.prefix: formset for formset in formsets})
        return super().render_change_form(request, context, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """Only a draft that was never published can go."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not obj.versions.exists())

    def delete_model(self, request: HttpRequest, obj: Question) -> None:
        if not discard(obj):
            raise PermissionDenied

    def save_related(
        self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool
    ) -> None:
        """After the choices are saved: publish."""
        super().save_related(request, form, formsets, change)
        if form.instance.is_published:
            publish(form.instance)

    def response_add(
        self, request: HttpRequest, obj: Question, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        self._tell(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        response = super().response_change(request, obj)
        self._tell(request, obj)
        return response

    def _tell(self, request: HttpRequest, question: Question) -> None:
        """After it was said that the question is saved: what learners see, or what it lacks."""
        self.warn(request, question)
        if question.is_published and question.version:
            messages.info(request, self._published(question.version))
            return
        choices, near = list(question.choices.all()), list(question.near_misses.all())
        for problem in unpublishable(question, choices, near):
            messages.warning(request, f"Before publishing: {problem}")

    def _published(self, version: QuestionVersion) -> str | SafeString:
        """What learners see now; what finished attempts were graded by is another matter."""
        said = f"Learners now see version {version.number}."
        if version.number == 1:
            return said
        link = self.link(version.question, "See which finished attempts it would grade differently")
        return format_html("{} {}.", said, link)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        own = path("<int:question_id>/preview/", view, name="quizzes_question_preview")
        return [own, *super().get_urls()]

    def preview_view(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """The question as a learner sees it, before and after answering."""
        question = get_object_or_404(self.get_queryset(request), pk=question_id)
        if not self.has_view_permission(request, question):
            raise PermissionDenied  # being staff is not enough: the page shows the key
        choices, near = list(question.choices.all()), list(question.near_misses.all())
        facts = facts_of(question, choices, near)
        order = arranged(facts, list)
        wrong, right = _wrong_response(facts), _right_response(facts)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Preview of {question.slug}",
            "question": question,
            "before": show(facts, 1, order, [], None),
            "wrong": show(facts, 1, order, wrong, False, grade(facts, wrong).credit),
            "right": show(facts, 1, order, right, True, 1.0) if right else None,
            "problems": unpublishable(question, choices, near),
            "warnings": warnings_about(question),
        }
        return TemplateResponse(request, "admin/quizzes/question/preview.html", context)


def _wrong_response(facts: QuestionFacts) -> list[str]:
    """A wrong option, or a number that many will give."""
    wrong = [choice.id for choice in facts.choices if not choice.correct]
    return wrong[:1] or [f"{miss.value:.12g}" for miss in facts.near[:1]]


def _right_response(facts: QuestionFacts) -> list[str]:
    """What earns the whole credit; empty where a draft does not say yet."""
    right = [choice.id for choice in facts.choices if choice.correct]
    return right or ([] if facts.value is None else [f"{facts.value:.12g}"])
