"""Admin pages of rows that several people edit: nobody overwrites another's save unseen."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from authoring.admin import FormAdmin
from authoring.deletion import deletion_of
from authoring.fields import PROSE
from authoring.models import Authored, Revisioned
from authoring.posted import ADDED, Difference, PostedForms, bring_up_to_date
from authoring.publication import hold_course, worsened
from authoring.revisions import FIELD, Outdated, advance, hold, known_revision

Row = TypeVar("Row", bound=Revisioned)
AuthoredRow = TypeVar("AuthoredRow", bound=Authored)

# The button that saves the page's version of everything, and the field with the revision that a
# refused page was compared with.
ALL_MINE, CHOSEN_AGAINST = "_all_mine", "chosen-against"
CONFLICT = 409
_REFUSED = "_refused_because"


@dataclass(frozen=True)
class Conflict:
    """What an outdated page has to show; `row` is None if the row was deleted, and `deletion` says
    by whom where that is known."""

    row: Revisioned | None
    differences: list[Difference]
    added: list[str]
    undecided: bool = False
    deletion: LogEntry | None = None


class RevisionedAdmin(FormAdmin[Row]):
    """Refuses a save, and a deletion, from a page made before somebody else's save.

    The refusal shows both versions field by field and lets the author choose, or knowingly
    overwrite what is there. What was typed stays in the form.
    """

    # Both would change many rows at once without looking at each.
    actions = None
    list_editable = ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        while True:  # once more only when somebody has saved the row in between
            try:
                return self._save_or_refuse(request, object_id, form_url, extra_context or {})
            except Outdated:
                continue

    def _save_or_refuse(
        self, request: HttpRequest, object_id: str, form_url: str, context: dict[str, Any]
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        conflict = self._conflict(request, row, unquote(object_id))
        if conflict is None:
            return super().changeform_view(request, object_id, form_url, context)
        setattr(request, _REFUSED, _words(conflict, self.opts.verbose_name))
        # Saving a deleted row makes a new one.
        here = object_id if row else None
        address = form_url if row else reverse(f"admin:{self._base}_add")
        response = super().changeform_view(request, here, address, context | {"conflict": conflict})
        response.status_code = CONFLICT
        return response

    @property
    def _base(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def _conflict(self, request: HttpRequest, row: Row | None, key: str) -> Conflict | None:
        """Why the page cannot be saved as it is; None if it can, once its choices are applied."""
        known = known_revision(request.POST.get(FIELD))
        if row is None:
            may = self.has_add_permission(request)
            if may:
                _replace_data(request, self._up_to_date(request, None))
            return Conflict(None, [], [], deletion=deletion_of(self.model, key)) if may else None
        if known == row.revision or not self.has_change_permission(request, row):
            return None
        seen = known_revision(request.POST.get(CHOSEN_AGAINST)) == row.revision
        all_mine = seen and ALL_MINE in request.POST
        data = request.POST.copy() if seen else self._up_to_date(request, row)
        _replace_data(request, data)
        if seen:
            self._posted(request, row).apply_choices(all_mine=all_mine)
        differences = self._posted(request, row).differences()
        if all_mine or all(difference.choice for difference in differences):
            data[FIELD] = str(row.revision)
            return None
        return Conflict(row, differences, data.getlist(ADDED), undecided=seen)

    def _up_to_date(self, request: HttpRequest, row: Row | None) -> QueryDict:
        """What was sent, with the inline rows that exist now."""
        data = request.POST.copy()
        for formset, inline in self.get_formsets_with_inlines(request, row):
            rows = inline.get_queryset(request)
            prefix = formset.get_default_prefix()
            bring_up_to_date(data, formset(instance=row, prefix=prefix, queryset=rows))
        return data

    def _posted(self, request: HttpRequest, row: Row) -> PostedForms:
        """The forms of the page with what was sent, not validated."""
        form = self.get_form(request, row, change=True)
        formsets = []
        for formset, inline in self.get_formsets_with_inlines(request, row):
            prefix, rows = formset.get_default_prefix(), inline.get_queryset(request)
            sent = formset(request.POST, instance=row, prefix=prefix, queryset=rows)
            formsets.append((str(inline.verbose_name), sent))
        return PostedForms(form(request.POST, instance=row), formsets, request.POST)

    def get_form(
        self, request: HttpRequest, obj: Row | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Row]]:
        """The form; where the page is refused, one that says why and is not valid."""
        form = super().get_form(request, obj, change=change, **kwargs)
        because = getattr(request, _REFUSED, "")
        return _refusing(form, because) if because else form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Row | None = None,
    ) -> HttpResponse:
        """The page, with the revision of the row that its author saw."""
        if obj is not None:
            context["page_revision"] = request.POST.get(FIELD, obj.revision)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(
        self, request: HttpRequest, obj: Row, form: ModelForm[Row], change: bool
    ) -> None:
        if change:
            advance(obj, known_revision(request.POST.get(FIELD)), request.user.pk)
        else:
            obj.saved_at, obj.saved_by_id = timezone.now(), request.user.pk
        super().save_model(request, obj, form, change)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with transaction.atomic():
            if request.method == "POST":
                hold_course()
            row = self.get_object(request, unquote(object_id))
            outdated = request.method == "POST" and row is not None and not _holds(request, row)
            if not outdated:
                return super().delete_view(request, object_id, extra_context)
        _replace_data(request, QueryDict())  # asks again, on an up-to-date page
        context = (extra_context or {}) | {"outdated": True}
        response = super().delete_view(request, object_id, context)
        response.status_code = CONFLICT
        return response


class AuthoredAdmin(RevisionedAdmin[AuthoredRow]):
    """Remembers that a person edited the row, so that the loader never overwrites it."""

    save_on_top = True
    formfield_overrides = PROSE

    def get_form(
        self,
        request: HttpRequest,
        obj: AuthoredRow | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[ModelForm[AuthoredRow]]:
        """The form; it refuses a state that other rows of the course forbid."""
        return _weighing(super().get_form(request, obj, change=change, **kwargs))

    def save_model(
        self, request: HttpRequest, obj: AuthoredRow, form: ModelForm[AuthoredRow], change: bool
    ) -> None:
        obj.edited_at = timezone.now()
        super().save_model(request, obj, form, change)


def _replace_data(request: HttpRequest, data: QueryDict) -> None:
    """Makes the admin's own code read this instead of what was sent."""
    request.POST = data  # type: ignore[assignment]  # the stubs allow an unchangeable one only


def _holds(request: HttpRequest, row: Revisioned) -> bool:
    """Whether the row is still what the page shows; if so, it is locked for this transaction."""
    try:
        hold(row, known_revision(request.POST.get(FIELD)))
    except Outdated:
        return False
    return True


def _refusing(form: type[ModelForm[Row]], because: str) -> type[ModelForm[Row]]:
    class Refusing(form):  # type: ignore[valid-type, misc]
        def clean(self) -> Any:
            super().clean()
            raise ValidationError(because)

    return Refusing


def _weighing(form: type[ModelForm[AuthoredRow]]) -> type[ModelForm[AuthoredRow]]:
    class Weighing(form):  # type: ignore[valid-type, misc]
        def _post_clean(self) -> None:
            hold_course()
            super()._post_clean()
            if self.errors:
                return  # an invalid row cannot be weighed
            for lack in worsened(self.instance):
                self.add_error(lack.field if lack.field in self.fields else None, lack.words)

    return Weighing


def _words(conflict: Conflict, name: Any) -> str:
    if conflict.row is None:
        return (
            f"This {name} was deleted after you opened it. What you wrote is below: save it to make"
            f" a new {name} of it."
        )
    if conflict.undecided:
        return "Choose which version to keep for each field listed."
    return f"This {name} was saved after you opened this page of it."
