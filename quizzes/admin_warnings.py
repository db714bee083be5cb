"""Warns authors of probable mistakes in a question, and says how to waive the warnings."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quizzes.models import Question
from quizzes.publishing import warnings_about


class WarningAdmin(admin.ModelAdmin[Any]):
    """Shows a question's warnings on its page, and those not waived whenever it is saved."""

    @admin.display(description="As it is saved now")
    def warned(self, question: Question | None) -> str | SafeString:
        if question is None or question.pk is None:
            return "–"
        found = warnings_about(question)
        if not found:
            return "No warnings."
        return render_to_string("admin/quizzes/question/_warnings.html", {"warnings": found})

    def warn(self, request: HttpRequest, question: Question) -> None:
        """After saving: what to correct, or to waive with a reason."""
        place = reverse("admin:quizzes_question_change", args=[question.pk])
        for warning in warnings_about(question):
            if warning.is_open:
                said = 'Warning: {} Or <a href="{}#id_waived">let it stand</a>: {}'
                line = f"{warning.code}: and the reason."
                messages.warning(request, format_html(said, warning.words, place, line))
