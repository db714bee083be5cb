"""A page's forms as they were sent, compared with the row as it is saved now.

An outdated page lacks inline rows that others have added, and has those that they have deleted. Its
data is first brought up to date with the rows; then it is compared field by field.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm, BaseInlineFormSet, BoundField, CheckboxInput, ModelForm
from django.http import QueryDict

Formset = BaseInlineFormSet[Any, Any, Any]

MINE, SAVED = "mine", "saved"
# What the author chose to keep of a field, or of a whole row.
KEEP = "keep-"
# The rows that others have added since the page was made.
ADDED = "added-meanwhile"
NOT_THERE = "not there"


@dataclass(frozen=True)
class Difference:
    """A field, or an inline row, in the page's version and in the saved one.

    `name` is the field's name, or the row's prefix. `choice` is the version that the author chose.
    """

    name: str
    label: str
    mine: str
    saved: str
    choice: str


@dataclass
class PostedForms:
    """A page's forms with the data that was sent; each formset comes with a name for its rows."""

    form: ModelForm[Any]
    formsets: Sequence[tuple[str, Formset]]
    data: QueryDict

    def all(self) -> Iterator[tuple[BaseForm, str]]:
        """Each form, with a name for its row."""
        yield self.form, ""
        for name, formset in self.formsets:
            for number, form in enumerate(formset.forms, start=1):
                yield form, f"{name} {number}".capitalize()

    def differences(self) -> list[Difference]:
        """Everything in which the page differs from what is saved."""
        return [found for form, row in self.all() for found in self._in_form(form, row)]

    def _in_form(self, form: BaseForm, row: str) -> Iterator[Difference]:
        if row and (whole := self._whole(form)) is not None:
            mine, saved = whole
            yield self._difference(str(form.prefix), row, mine, saved)
            return
        for bound in _fields(form):
            if bound.name in form.changed_data:
                label = f"{row}, {bound.label}" if row else str(bound.label)
                mine = said(bound, bound.data)
                saved = said(bound, bound.field.prepare_value(bound.initial))
                yield self._difference(bound.html_name, label, mine, saved)

    def _whole(self, form: BaseForm) -> tuple[str, str] | None:
        """How to describe a row that only one version has; None if both have it, or neither."""
        assert isinstance(form, ModelForm)  # noqa: S101  (rows of a formset are)
        if form.instance._state.adding:
            return (_summary(form, mine=True), NOT_THERE) if form.has_changed() else None
        gone = form.prefix in self.data.getlist(ADDED) or _is_taken_away(form)
        return (NOT_THERE, _summary(form, mine=False)) if gone else None

    def _difference(self, name: str, label: str, mine: str, saved: str) -> Difference:
        return Difference(name, label, mine, saved, self.data.get(KEEP + name, ""))

    def apply_choices(self, *, all_mine: bool) -> None:
        """Writes those saved values into the data that the author chose to keep.

        Rows that others have added are deleted with `all_mine`, or if the author chose so.
        """
        for form, row in self.all():
            whole = self.data.get(f"{KEEP}{form.prefix}") if row else None
            for bound in _fields(form):
                if SAVED in (whole, self.data.get(KEEP + bound.html_name)) and not all_mine:
                    put_saved(self.data, bound)
            if form.prefix in self.data.getlist(ADDED) and (all_mine or whole == MINE):
                self.data[f"{form.prefix}-DELETE"] = "on"


def put_saved(data: QueryDict, bound: BoundField) -> None:
    """Writes the field's saved value as a browser would send it."""
    value = bound.field.prepare_value(bound.initial)
    if isinstance(bound.field.widget, CheckboxInput):
        data.setlist(bound.html_name, ["on"] if value else [])
    elif isinstance(value, (list, tuple)):
        data.setlist(bound.html_name, [str(item) for item in value])
    else:
        data[bound.html_name] = "" if value is None else str(value)


def said(bound: BoundField, value: Any) -> str:
    """A field's value as an author reads it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    named = {str(key): str(label) for key, label in getattr(bound.field, "choices", ())}
    values = value if isinstance(value, (list, tuple)) else [value]
    words = [named.get(str(item), str(item)) for item in values if item not in (None, "")]
    return ", ".join(words).replace("\r\n", "\n") or "empty"


def _fields(form: BaseForm) -> Iterator[BoundField]:
    return iter(form.visible_fields())


def _is_taken_away(form: BaseForm) -> bool:
    return "DELETE" in form.fields and bool(form["DELETE"].data)


def _summary(form: BaseForm, *, mine: bool) -> str:
    """A row in lines, without what is empty in it."""
    lines = []
    for bound in _fields(form):
        value = bound.data if mine else bound.field.prepare_value(bound.initial)
        if bound.name != "DELETE" and value not in (None, "", False):
            lines.append(f"{bound.label}: {said(bound, value)}")
    return "\n".join(lines)


def bring_up_to_date(data: QueryDict, saved: Formset) -> None:
    """Gives `data` the rows that exist now; `saved` is the formset without any data.

    Rows that others have added are inserted and listed in ADDED; rows that they have deleted become
    new ones.
    """
    prefix, key = saved.get_default_prefix(), saved.empty_form.instance._meta.pk.name
    sent = _take_rows(data, prefix)
    known = {row[key][0]: row for row in sent if row.get(key, [""])[0]}
    new = [row for row in sent if not row.get(key, [""])[0]]
    kept = []
    for number, form in enumerate(saved.initial_forms):
        row = known.pop(str(form.instance.pk), None)
        if row is None:
            data.appendlist(ADDED, f"{prefix}-{number}")
            row = _written(form)
        kept.append(row)
    new_again = {key: [""], saved.fk.name: [str(saved.instance.pk or "")]}
    gone = [row | new_again for row in known.values() if "DELETE" not in row]
    everything = [*kept, *gone, *new]
    for number, row in enumerate(everything):
        for name, values in row.items():
            data.setlist(f"{prefix}-{number}-{name}", values)
    data[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    data[f"{prefix}-TOTAL_FORMS"] = str(len(everything))


def _take_rows(data: QueryDict, prefix: str) -> list[dict[str, list[str]]]:
    """The formset's rows, taken out of the data."""
    pattern = re.compile(re.escape(prefix) + r"-(\d{1,4})-(\w+)")
    rows: dict[int, dict[str, list[str]]] = {}
    for name in list(data):
        if match := pattern.fullmatch(name):
            rows.setdefault(int(match[1]), {})[match[2]] = data.pop(name)
    return [rows[number] for number in sorted(rows)]


def _written(form: BaseForm) -> dict[str, list[str]]:
    """A saved row as a browser would send it."""
    data = QueryDict(mutable=True)
    for bound in form:
        put_saved(data, bound)
    prefix = f"{form.prefix}-"
    return {name.removeprefix(prefix): data.getlist(name) for name in data}
