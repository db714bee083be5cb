"""Decisions of a teacher, each on a page of its own: to grade again, and to declare void."""

from abc import abstractmethod
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from authoring.admin import FramedAdmin
from quizzes import lifecycle
from quizzes.models import Attempt, Question, Regrading
from quizzes.regrading import PreviewOutdated, affected, agreement, begin, go_on, going_on

# As many lines as one can look through; the numbers above them count all.
SHOWN_LINES = 100
# How many portions of a regrading are done before the page answers; the sweep does the others.
PORTIONS_AT_ONCE = 4


class ReasonForm(forms.Form):
    """Why it is decided: learners read this beside their score.

    Hidden fields carry what the page showed; without them nobody knows what is confirmed.
    """

    reason = forms.CharField(
        max_length=300,
        error_messages={"required": "Write a reason: without one nothing is changed."},
        widget=forms.TextInput(attrs={"size": 80}),
        help_text="Learners whose score it concerns read this.",
    )

    @property
    def lacks_what_was_shown(self) -> bool:
        return any(field.errors for field in self.hidden_fields())


class RegradeForm(ReasonForm):
    """The reason, which version's key was previewed, and a digest of the list that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.CharField(widget=forms.HiddenInput)


class VoidForm(ReasonForm):
    """The reason, and the attempt's state and score as the page showed them."""

    shown = forms.CharField(widget=forms.HiddenInput)


class DecidingAdmin(FramedAdmin):
    """Adds the page of a decision about one row; `decision` names its URL and its permission.

    Each kind of decision says in `decide` what its page shows and does.
    """

    decision: str

    def get_urls(self) -> list[URLPattern]:
        own = path(
            f"<path:object_id>/{self.decision}/",
            self.admin_site.admin_view(self._decide),
            name=self._url_name,
        )
        return [own, *super().get_urls()]

    @property
    def _url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{self.decision}"

    def link(self, row: Model | None, words: str) -> str | SafeString:
        """A link to the decision's page, for a field of the row's own page."""
        if row is None or row.pk is None:
            return "–"
        return format_html(
            '<a href="{}">{}</a>', reverse(f"admin:{self._url_name}", args=[row.pk]), words
        )

    def may_decide(self, request: HttpRequest) -> bool:
        codename = f"{self.decision}_{self.opts.model_name}"
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def _decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.may_decide(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        return self.decide(request, row)

    @abstractmethod
    def decide(self, request: HttpRequest, row: Any) -> HttpResponse:
        """The page of the decision about this row, or what comes after it was made."""


class RegradingAdmin(DecidingAdmin):
    """Grades finished attempts again by a question's present key, after showing which and how."""

    decision = "regrade"

    def decide(self, request: HttpRequest, row: Question) -> HttpResponse:
        going = going_on().defer("attempts").filter(question=row).first()
        if going is not None:
            return self._progress(request, row, going)
        form = RegradeForm(request.POST or None)
        if request.method == "POST" and form.lacks_what_was_shown:
            return self._outdated(request, row, form)
        if request.method == "POST" and form.is_valid():
            return self._begin(request, row, form)
        return self._preview(request, row, form)

    def _preview(self, request: HttpRequest, row: Question, form: RegradeForm) -> HttpResponse:
        found, number = affected(row), row.version.number if row.version else 0
        better = sum(item.after > item.before for item in found)
        if not form.is_bound:
            form.initial.update(version=number, agreed=agreement(found))
        return self.page(
            request,
            "admin/quizzes/question/regrade.html",
            row,
            f"Grade again: {row}",
            form=form,
            number=number,
            changed=found[:SHOWN_LINES],
            total=len(found),
            better=better,
            worse=len(found) - better,
        )

    def _begin(self, request: HttpRequest, row: Question, form: RegradeForm) -> HttpResponse:
        author = request.user
        assert isinstance(author, User)  # noqa: S101  (the admin's pages are for users)
        told = form.cleaned_data
        try:
            begun = begin(row, told["version"], told["agreed"], told["reason"], author)
        except PreviewOutdated:
            return self._outdated(request, row, form)
        go_on(begun, most=PORTIONS_AT_ONCE)
        said = _told(begun)
        self.log_change(request, row, f"{said} Reason: {told['reason']}")
        messages.success(request, said)
        page = request.path if begun.is_going else self._page_of(row)
        return redirect(page)

    def _outdated(self, request: HttpRequest, row: Question, form: RegradeForm) -> HttpResponse:
        """The list of now, with the reason that was typed."""
        messages.error(
            request,
            "Nothing was changed. Since the list was shown, the question was published again, or"
            " attempts were finished or graded; or the form was not sent whole. Check the list"
            " again.",
        )
        row.refresh_from_db()
        again = RegradeForm(initial={"reason": form.data.get("reason", "")})
        page = self._preview(request, row, again)
        page.status_code = HTTPStatus.CONFLICT
        return page

    def _progress(self, request: HttpRequest, row: Question, going: Regrading) -> HttpResponse:
        """The progress; a POST does the next portions, in case no sweep does."""
        if request.method == "POST":
            go_on(going, most=PORTIONS_AT_ONCE)
            messages.success(request, _told(going))
            return redirect(request.path if going.is_going else self._page_of(row))
        template = "admin/quizzes/question/regrading.html"
        return self.page(request, template, row, f"Grading again: {row}", going=going)

    def _page_of(self, row: Question) -> str:
        return reverse("admin:quizzes_question_change", args=[row.pk])


def _told(regrading: Regrading) -> str:
    """The progress, in a sentence."""
    if regrading.is_going:
        return f"{regrading.done} of {regrading.total} attempts have been graded again so far."
    were = "attempt was" if regrading.changed == 1 else "attempts were"
    said = f"{regrading.changed} {were} graded again."
    if regrading.state == Regrading.State.OVERTAKEN:
        said += " The question has been published again since: check the list again."
    return said


class VoidingAdmin(DecidingAdmin):
    """Declares that an attempt does not count."""

    decision = "void"

    @admin.display(description="Does it count")
    def voiding(self, attempt: Attempt) -> str | SafeString:
        if attempt.is_void:
            return f"No: {attempt.void_reason} ({attempt.voided_by or 'someone'})"
        return format_html("Yes. {}", self.link(attempt, "Declare that it does not count"))

    def decide(self, request: HttpRequest, row: Attempt) -> HttpResponse:
        shown = f"{row.state} {row.score}"
        form = VoidForm(request.POST or None, initial={"shown": shown})
        outdated = request.method == "POST" and form.lacks_what_was_shown
        if request.method == "POST" and form.is_valid():
            author = request.user
            assert isinstance(author, User)  # noqa: S101  (the admin's pages are for users)
            told = form.cleaned_data
            if told["shown"] == shown and self._void(request, row, told["reason"], author):
                messages.success(request, "The attempt no longer counts.")
                return redirect(reverse("admin:quizzes_attempt_change", args=[row.pk]))
            outdated = True
        if outdated:
            row.refresh_from_db()
            shown = f"{row.state} {row.score}"
            form = VoidForm(initial={"shown": shown, "reason": form.data.get("reason", "")})
        page = self.page(
            request,
            "admin/quizzes/attempt/void.html",
            row,
            f"Declare void: {row}",
            form=form,
            outdated=outdated,
        )
        page.status_code = HTTPStatus.CONFLICT if outdated else page.status_code
        return page

    @transaction.atomic
    def _void(self, request: HttpRequest, row: Attempt, reason: str, author: User) -> bool:
        """Declares it void and logs that, or does neither; a deletion of these data waits."""
        done = lifecycle.void(row, reason, author)
        if done:
            self.log_change(request, row, f"Declared void. Reason: {reason}")
        return done
