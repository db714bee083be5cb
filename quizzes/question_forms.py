"""The forms of a question's page: of the question, its options and its near misses."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Max
from django.forms import BaseInlineFormSet, ModelForm, Textarea, inlineformset_factory
from django.utils.text import slugify

from authoring.fields import Overrides, ProseField
from authoring.models import State
from quizzes.models import Choice, NearMiss, Question
from quizzes.publishing import unpublishable

PartForm = TypeVar("PartForm", bound=ModelForm[Any])

# So low that a whole question can be looked over.
LOW: Overrides = {
    models.TextField: {
        "form_class": ProseField,
        "widget": Textarea(attrs={"rows": 2, "cols": 80}),
    }
}


def kept_forms(formset: BaseInlineFormSet[Any, Question, PartForm]) -> list[PartForm]:
    """The forms of the rows that would be saved: neither left empty nor taken away."""
    return [
        form
        for form in formset.forms
        if (form.has_changed() or not form.instance._state.adding)
        and form not in formset.deleted_forms
    ]


class QuestionForm(ModelForm[Question]):
    """Says beside a field what an author cannot know; fills in the slug and place left empty."""

    class Meta:
        model = Question
        exclude: tuple[str, ...] = ()
        labels = {"watch": "Watch in the run"}
        help_texts = {
            "kind": "Decides what else is asked for on this page.",
            "slug": "Its short name in lists. Made from the question unless you write one.",
            "position": "Its place in the practice set or lesson. Left empty, it comes last.",
            "state": "A draft may be incomplete. Learners are asked what is published.",
        }
        error_messages = {
            "topic": {"required": "Choose the topic that it belongs to."},
            "stem": {"required": "Write the question."},
            "slug": {"unique": "Another question has this slug: write a different one."},
            "tolerance": {"required": "Write how far off is still right: 0 for an exact number."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("slug", "position"):
            if name in self.fields:  # those who may only look have no fields
                self.fields[name].required = False
        if self.instance._state.adding:
            self.initial["position"] = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        stem = self.cleaned_data.get("stem")
        if stem and self.cleaned_data.get("slug") == "":
            self.cleaned_data["slug"] = slugify(stem)[:50].strip("-")
            if not self.cleaned_data["slug"]:
                self.add_error("slug", "Write one: this question has no letters to make it from.")
        if self.cleaned_data.get("position", 0) is None:
            self.cleaned_data["position"] = self._last_place()
        return self.cleaned_data

    def _last_place(self) -> int:
        """Behind the other questions that the topic asks in the same way."""
        others = Question.objects.exclude(pk=self.instance.pk).filter(
            topic=self.cleaned_data.get("topic"), use=self.cleaned_data.get("use")
        )
        last: int | None = others.aggregate(last=Max("position"))["last"]
        return (last or 0) + 1


class ChoiceForm(ModelForm[Choice]):
    class Meta:
        model = Choice
        fields = ["text", "correct", "mistake", "feedback", "position", "pin_last"]
        labels = {"correct": "This option is right"}
        help_texts = {
            "text": "What learners read. Markdown.",
            "mistake": "Of a wrong option: the mistake that leads there. Markdown.",
            "feedback": "Of a right option: why it is right. Markdown.",
            "position": "Left alone, a new option comes after the one above it.",
        }
        error_messages = {
            "text": {"required": "Write the option, or remove it."},
            "position": {"required": "Write its place: 1 comes first."},
        }


class NearMissForm(ModelForm[NearMiss]):
    class Meta:
        model = NearMiss
        fields = ["value", "tolerance", "mistake"]
        labels = {"value": "Wrong number"}
        help_texts = {"tolerance": "How far from it is still this mistake."}
        error_messages = {
            "value": {"required": "Write the wrong number, or remove this near miss."},
            "tolerance": {"required": "Write how far off is still this mistake: 0 for none."},
            "mistake": {"required": "Say which mistake leads to this number."},
        }


NearMissFormSet = inlineformset_factory(Question, NearMiss, form=NearMissForm, can_delete=True)


class ChoicesFormSet(BaseInlineFormSet[Choice, Question, ModelForm[Choice]]):
    """Refuses to publish what learners could not be asked; a draft may be incomplete.

    Each error's code names the part of the question that it is about.
    """

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        self._number()
        if self.instance.state != State.PUBLISHED:
            return
        choices = [form.instance for form in kept_forms(self)]
        choices.sort(key=lambda choice: choice.position)
        if found := unpublishable(self.instance, choices, self._near_misses()):
            raise ValidationError(
                [
                    ValidationError(f"Cannot be published yet. {problem}", code=problem.part)
                    for problem in found
                ]
            )

    def _number(self) -> None:
        """A new option whose position was left alone comes after the one above it."""
        above = 0
        for form in kept_forms(self):
            if form.instance._state.adding and "position" not in form.changed_data:
                form.instance.position = above + 1
            above = form.instance.position

    def _near_misses(self) -> list[NearMiss]:
        """The near misses posted with these options; those kept when no sound ones were posted."""
        posted = NearMissFormSet(self.data, instance=self.instance)
        if posted.is_valid():
            return [form.instance for form in kept_forms(posted)]
        return list(self.instance.near_misses.all()) if self.instance.pk else []


def place_problems(
    form: ModelForm[Question], formsets: Mapping[str, BaseInlineFormSet[Any, Any, Any]]
) -> None:
    """Moves each reason against publishing from the options to the part that it is about."""
    said = formsets["choices"].non_form_errors()
    found = said.as_data()
    said.clear()
    for error in found:
        part = error.code or ""
        if part in form.fields:
            form.add_error(part, error)
        else:
            formsets.get(part, formsets["choices"]).non_form_errors().append(error)
