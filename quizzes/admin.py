"""Authoring of questions; attempts and answers to read."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet, ModelForm, Textarea
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authoring.admin import AuthoredAdmin, ReadOnlyAdmin
from authoring.models import State
from quizzes.models import Answer, Attempt, Choice, Question
from quizzes.publishing import facts_of, publish, unpublishable
from quizzes.showing import show


class ChoicesFormSet(BaseInlineFormSet[Choice, Question, ModelForm[Choice]]):
    """Refuses to publish what students could not be asked; a draft may be incomplete."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or self.instance.state != State.PUBLISHED:
            return
        if found := unpublishable(self.instance, self.drafted()):
            raise ValidationError([f"Cannot be published yet. {problem}" for problem in found])

    def drafted(self) -> list[Choice]:
        """The options as they would be saved."""
        return [
            form.instance
            for form in self.forms
            if (form.has_changed() or form.instance.pk) and form not in self.deleted_forms
        ]


class ChoiceInline(admin.StackedInline[Choice, Question]):
    model = Choice
    formset = ChoicesFormSet
    fields = ["position", "text", "correct", "mistake"]
    # Four options fit on a screen, so that what is wrong with them can be seen together.
    formfield_overrides = {models.TextField: {"widget": Textarea(attrs={"rows": 2, "cols": 80})}}
    extra = 4

    def get_extra(self, request: HttpRequest, obj: Question | None = None, **kwargs: Any) -> int:
        return 0 if obj else self.extra


@admin.register(Question)
class QuestionAdmin(AuthoredAdmin[Question]):
    """A question on one page. Saving it as published freezes a version for students."""

    list_display = ["slug", "topic", "use", "position", "difficulty", "state", "preview"]
    list_filter = ["topic", "use", "difficulty", "state"]
    list_select_related = ["topic", "version"]
    search_fields = ["slug", "stem"]
    prepopulated_fields = {"slug": ["stem"]}
    inlines = [ChoiceInline]
    readonly_fields = ["preview"]
    fieldsets = [
        (None, {"fields": ["topic", "stem", "slug", "state", "preview"]}),
        ("Where it is asked", {"fields": ["use", "position", "difficulty"]}),
        ("Before the answer", {"fields": ["hint"]}),
        ("After the answer", {"fields": ["steps", "answer", "quick_check", "watch"]}),
    ]

    @admin.display(description="Preview")
    def preview(self, question: Question | None) -> str | SafeString:
        if question is None or question.pk is None:
            return "Save it first, as a draft if you like; then you can see it as students will."
        url = reverse("admin:quizzes_question_preview", args=[question.pk])
        return format_html('<a href="{}">See it as students will</a>', url)

    def save_related(
        self, request: HttpRequest, form: ModelForm[Any], formsets: Any, change: bool
    ) -> None:
        """After the choices are saved: publish, or say what a draft still lacks."""
        super().save_related(request, form, formsets, change)
        question: Question = form.instance
        if question.is_published:
            version = publish(question)
            messages.info(request, f"Students now see version {version.number}.")
            return
        for problem in unpublishable(question, list(question.choices.all())):
            messages.warning(request, f"Before publishing: {problem}")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        own = path("<int:question_id>/preview/", view, name="quizzes_question_preview")
        return [own, *super().get_urls()]

    def preview_view(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """The question as a student sees it, before and after answering."""
        question = get_object_or_404(self.get_queryset(request), pk=question_id)
        if not self.has_view_permission(request, question):
            raise PermissionDenied  # being staff is not enough: the page shows the key
        choices = list(question.choices.all())
        facts = facts_of(question, choices)
        order = [choice.ident for choice in choices]
        wrong = [choice.ident for choice in choices if not choice.correct][:1]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Preview of {question.slug}",
            "question": question,
            "before": show(facts, 1, order, [], None),
            "after": show(facts, 1, order, wrong, False),
            "problems": unpublishable(question, choices),
        }
        return TemplateResponse(request, "admin/quizzes/question/preview.html", context)


class AnswerInline(admin.TabularInline[Answer, Attempt]):
    model = Answer
    fields = ["position", "version", "correct", "answered_at"]
    readonly_fields = ["position", "version", "correct", "answered_at"]
    extra = 0
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("version__question")

    def has_add_permission(self, request: HttpRequest, obj: Attempt | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Attempt | None = None) -> bool:
        return False


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["quiz", "learner", "state", "score", "started_at", "finished_at"]
    list_filter = ["state", "quiz__kind", "quiz__topic"]
    list_select_related = ["quiz__topic", "learner__user"]
    inlines = [AnswerInline]


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """Who answered what."""

    list_display = ["learner", "version", "chosen", "correct", "answered_at"]
    list_filter = ["correct", "attempt__quiz__kind", "attempt__quiz__topic"]
    list_select_related = ["attempt__learner__user", "version__question"]
    search_fields = ["version__question__slug", "attempt__learner__user__username"]

    @admin.display(description="Learner")
    def learner(self, answer: Answer) -> str:
        return str(answer.attempt.learner)

    @admin.display(description="Chosen")
    def chosen(self, answer: Answer) -> SafeString | str:
        facts = answer.version.facts
        chosen = [choice.html for ident in answer.response if (choice := facts.choice(ident))]
        return SafeString(" · ".join(chosen)) if chosen else "–"
