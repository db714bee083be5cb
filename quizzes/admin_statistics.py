"""A quiz's figures in the admin: of the whole, of each question, and as files."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import pluralize
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from authoring.admin import FramedAdmin
from authoring.downloads import attachment
from authoring.spreadsheets import CSV, csv_lines
from quizzes import exports
from quizzes.item_statistics import item_in, item_statistics
from quizzes.models import Answer, Question, Quiz
from quizzes.statistics import quiz_statistics
from quizzes.templatetags.statistics_tags import percent

# Which attempts are counted, by the address's `attempts`.
EVERY = "all"
# The value of `staff` in the address that adds staff's attempts to the table of answers.
WITH_STAFF = "included"


class MeasuredAdmin(admin.ModelAdmin[Any]):
    """Shows a question's measured difficulty beside the authored one."""

    @admin.display(description="Difficulty, measured")
    def measured(self, question: Question | None) -> str | SafeString:
        if question is None or question.pk is None:
            return "–"
        test = Quiz.objects.get(topic=question.topic_id, kind=Quiz.Kind.TEST)
        item = item_in(test, question)
        facility = item.sums.facility
        if facility is None:
            return "Nobody has answered it in a finished test yet."
        return format_html(
            '{}: mean credit {} in {} first test{}. <a href="{}">Its figures</a>',
            f"{item.measured_level} ({item.fit})" if item.measured_level else item.fit.capitalize(),
            *(percent(facility), item.sums.n, pluralize(item.sums.n)),
            reverse("admin:quizzes_quiz_item_statistics", args=[test.pk, question.pk]),
        )


class StatisticsAdmin(FramedAdmin):
    """Adds the pages of a quiz's statistics, for those who may read answers."""

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("statistics/", self._quiz_page, "statistics"),
            ("statistics/<int:question_id>/", self._item_page, "item_statistics"),
            ("statistics/questions.csv", self._items_csv, "items_csv"),
            ("statistics/answers.csv", self._answers_csv, "answers_csv"),
        )
        own = [
            path(
                f"<int:quiz_id>/{address}",
                self.admin_site.admin_view(require_safe(view)),
                name=f"quizzes_quiz_{name}",
            )
            for address, view, name in pages
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="Statistics")
    def figures(self, quiz: Quiz | None) -> str | SafeString:
        if quiz is None:
            return "–"
        address = reverse("admin:quizzes_quiz_statistics", args=[quiz.pk])
        return format_html(
            '<a href="{}">Statistics of the {}<span class="visually-hidden"> of {}</span></a>',
            *(address, quiz.get_kind_display(), quiz.topic),
        )

    def _quiz(self, request: HttpRequest, quiz_id: int) -> Quiz:
        if not request.user.has_perm("quizzes.view_answer"):
            raise PermissionDenied
        return get_object_or_404(Quiz.objects.select_related("topic"), pk=quiz_id)

    def _quiz_page(self, request: HttpRequest, quiz_id: int) -> HttpResponse:
        quiz = self._quiz(request, quiz_id)
        figures = quiz_statistics(quiz, first_only=_first_only(request))
        return self._page(request, "statistics.html", quiz, f"Statistics: {quiz}", figures=figures)

    def _item_page(self, request: HttpRequest, quiz_id: int, question_id: int) -> HttpResponse:
        quiz = self._quiz(request, quiz_id)
        questions = Question.objects.select_related("version")
        # Also one that has been moved to another topic since this quiz asked it.
        asked = Answer.objects.filter(attempt__quiz=quiz, version__question=OuterRef("pk"))
        known = questions.filter(Q(topic=quiz.topic_id) | Exists(asked))
        question = get_object_or_404(known, pk=question_id)
        figures = item_statistics(question, quiz, first_only=_first_only(request))
        title = f"{question.slug} in {quiz}"
        return self._page(request, "item_statistics.html", quiz, title, figures=figures)

    def _page(
        self, request: HttpRequest, template: str, quiz: Quiz, title: str, **context: Any
    ) -> HttpResponse:
        return self.page(request, f"admin/quizzes/quiz/{template}", quiz, title, **context)

    def _items_csv(self, request: HttpRequest, quiz_id: int) -> HttpResponse:
        quiz = self._quiz(request, quiz_id)
        figures = quiz_statistics(quiz, first_only=_first_only(request))
        return HttpResponse(
            "".join(csv_lines(exports.item_rows(figures))), headers=_headers(quiz, "questions")
        )

    def _answers_csv(self, request: HttpRequest, quiz_id: int) -> StreamingHttpResponse:
        quiz = self._quiz(request, quiz_id)
        lines = csv_lines(
            exports.answer_rows(quiz, with_staff=request.GET.get("staff") == WITH_STAFF)
        )
        return StreamingHttpResponse(lines, headers=_headers(quiz, "answers"))


def _first_only(request: HttpRequest) -> bool:
    return request.GET.get("attempts") != EVERY


def _headers(quiz: Quiz, name: str) -> dict[str, str]:
    file = f"{quiz.topic.slug}-{quiz.kind}-{name}.csv"
    return {"Content-Type": CSV, "Content-Disposition": attachment(file)}
