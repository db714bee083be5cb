"""A quiz's settings: how it answers back, what its review shows when, and what it allows."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from authoring.admin_saving import RevisionedAdmin
from quizzes.admin_statistics import StatisticsAdmin
from quizzes.behaviours import REVIEWABLE
from quizzes.models import BEHAVIOURS, Quiz


class ReviewField(forms.MultipleChoiceField):
    """What a review shows in one phase, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(REVIEWABLE.items()), required=False, **kwargs)


# A fieldset for each: the boxes in it are a group, and its heading is the group's name.
REVIEWS = {
    "review_during": "Review during the attempt, once an answer is checked",
    "review_after": "Review right after the attempt, for an hour",
    "review_later": "Review later",
}


TRIES = "Give 2 to 9 tries. For a single one, choose immediate feedback."


class QuizForm(forms.ModelForm[Quiz]):
    review_during = ReviewField(label="It shows")
    review_after = ReviewField(label="It shows")
    review_later = ReviewField(label="It shows")

    class Meta:
        model = Quiz
        exclude: tuple[str, ...] = ()
        help_texts = {
            "time_limit": "Leave empty for no limit.",
            "attempts_allowed": "Leave empty for no limit.",
            "mastery_right": "For mastery: how many of the answers given last must be right.",
            "mastery_of": "For mastery: how many of the answers given last are looked at.",
        }
        error_messages = {
            "time_limit": {
                "min_value": "Give 1 minute or more, or leave it empty for no limit.",
                "max_value": "Give at most four weeks, 40320 minutes, or leave it empty.",
            },
            "attempts_allowed": {"min_value": "Give 1 or more, or leave it empty for no limit."},
            "tries": {"min_value": TRIES, "max_value": TRIES, "required": TRIES},
            "mastery_right": {"min_value": "Give 1 or more.", "required": "Give 1 or more."},
            "mastery_of": {"min_value": "Give 1 or more.", "required": "Give 1 or more."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "behaviour" in self.fields:
            fitting = BEHAVIOURS[Quiz.Kind(self.instance.kind)]
            choices = [(behaviour.value, behaviour.label) for behaviour in fitting]
            self.fields["behaviour"].widget = forms.Select(choices=choices)


@admin.register(Quiz)
class QuizAdmin(RevisionedAdmin[Quiz], StatisticsAdmin):
    """Every topic has its three quizzes; they are set here, neither added nor removed."""

    form = QuizForm
    list_display = [
        "__str__",
        "behaviour",
        "time_limit",
        "attempts_allowed",
        "counts",
        "figures",
    ]
    list_filter = ["kind", "behaviour"]
    list_select_related = ["topic"]
    readonly_fields = ["topic", "kind", "figures"]

    def get_fieldsets(self, request: HttpRequest, obj: Quiz | None = None) -> Any:
        """Only what has a meaning for this kind of quiz."""
        is_test = obj is not None and obj.kind == Quiz.Kind.TEST
        order = ["shuffle_options"]
        if obj is None or obj.kind != Quiz.Kind.INLINE:
            order.insert(0, "shuffle_questions")
        own = (
            ("Limits", {"fields": ["time_limit", "attempts_allowed", "counts"]})
            if is_test
            else ("Tries and mastery", {"fields": ["tries", "mastery_right", "mastery_of"]})
        )
        return [
            (None, {"fields": ["topic", "kind", "figures", "behaviour"]}),
            own,
            ("Order", {"fields": order}),
            *(
                (heading, {"fields": [field]})
                for field, heading in REVIEWS.items()
                if not (is_test and field == "review_during")
            ),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Quiz | None = None) -> bool:
        return False
