"""The forms that start a run."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import HttpResponse, QueryDict

from accounts.models import Learner, new_seed
from accounts.sent_fields import TOKEN, odd_fields
from throttling.refusals import TurnedAway
from training_jobs.engine.estimates import TEST_ROWS
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment
from training_jobs.permits import key_of, offered
from training_jobs.plan_queries import read
from training_jobs.plan_words import said
from training_jobs.widgets import HiddenInput, NumberInput

PREDICTION_HELP = "Optional. What will its accuracy on the test rows be after training?"
SEED_HELP = (
    "Decides the initial weights and the order of the batches. Your own, unless you change it: with"
    " the same seed, the same experiment trains in the same way."
)
# Up to a hundred, with a point or a comma.
PERCENT = r"\s*(0*100([.,]0*)?|0*\d{1,2}([.,]\d*)?|[.,]\d+)?\s*%?\s*"
MOST_TEST_ROWS = max(TEST_ROWS.values())
WATCHED_HELP = "Optional. The run page follows this row through the layers after each epoch."


def _refused_with(message: str) -> dict[str, str]:
    """Says the same whatever is wrong with a number."""
    return dict.fromkeys(("invalid", "min_value", "max_value"), message)


def _whole_number(label: str, help_text: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=most,
        required=False,
        widget=NumberInput(
            attrs={
                "dir": "auto",
                "inputmode": "numeric",
                "pattern": r"\s*\d*\s*",
                "title": f"a whole number from 0 to {most:,}",
            }
        ),
        error_messages=_refused_with(f"Enter a whole number from 0 to {most:,}."),
    )


class WishForm(forms.Form):
    """What every form that asks for runs has: a key, and the way in which it is refused.

    A field that the form does not have, or has once and was sent twice, is refused, too.
    """

    # Fields that stand beside those of the form.
    beside = re.compile(TOKEN)
    refusal: TurnedAway | None = None
    # Makes a doubled click or a resent form the same run.
    request_key = forms.UUIDField(widget=HiddenInput, required=False)

    @property
    def key(self) -> str:
        return str(self.cleaned_data["request_key"] or uuid.uuid4())

    def clean(self) -> dict[str, Any] | None:
        if isinstance(self.data, QueryDict):
            for problem in odd_fields(self.data, self.files, self.fields, self.beside):
                self.add_error(None, problem)
        return super().clean()

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Puts into the form why what is asked for within cannot be had."""
        try:
            yield
        except PlanError as error:
            self.add_error(None, f"This plan cannot be trained: {error}")
        except TurnedAway as error:
            self.add_error(None, str(error))
            self.refusal = error

    def answer(self, page: HttpResponse) -> HttpResponse:
        """The page that shows the form again, with the status of what it was refused for."""
        if self.refusal is not None:
            page.status_code = self.refusal.status
            if self.refusal.retry_after is not None:
                page["Retry-After"] = str(self.refusal.retry_after)
        elif self.is_bound and self.errors:
            page.status_code = 422
        return page


class GroupForm(WishForm):
    """Asks for several runs at a click: a race, or a sweep."""


class PercentField(forms.FloatField):
    """A percentage, with a point or a comma."""

    def to_python(self, value: Any) -> Any:
        text = value.strip().removesuffix("%") if isinstance(value, str) else value
        if isinstance(text, str) and text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        return super().to_python(text)


class StartRunForm(WishForm):
    """Asks for a prediction before the run: committing to a number changes how one watches."""

    predicted_percent = PercentField(
        label="Your prediction, in percent",
        help_text=PREDICTION_HELP,
        min_value=0,
        max_value=100,
        required=False,
        widget=NumberInput(
            attrs={
                "dir": "auto",
                "inputmode": "decimal",
                "pattern": PERCENT,
                "title": "a percentage from 0 to 100, such as 92.5",
            }
        ),
        error_messages=_refused_with("Enter a percentage from 0 to 100, such as 92.5."),
    )
    seed = _whole_number("Seed", SEED_HELP, 2**31 - 1)

    @classmethod
    def for_learner(cls, learner: Learner | None) -> "StartRunForm":
        """An empty form with this learner's seed, or a fresh one for someone new."""
        return cls(initial=first_values(learner))

    @property
    def prediction(self) -> float | None:
        """The predicted test accuracy as a fraction."""
        percent = self.cleaned_data["predicted_percent"]
        return None if percent is None else percent / 100


class ExperimentForm(StartRunForm):
    """The same with what this experiment permits to change, and the test row to follow."""

    # A button that asks for the size alone.
    beside = re.compile(f"{TOKEN}|estimate")

    def __init__(self, experiment: Experiment, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # What an address wanted that is not offered, in sentences.
        self.left_out: list[str] = []
        self.experiment = experiment
        own = _own_values(experiment)
        last = TEST_ROWS.get(own.get("dataset", ""), MOST_TEST_ROWS) - 1
        self.fields["watched_row"] = _whole_number("Watched test row", WATCHED_HELP, last)
        self.permitted: list[str] = []
        for name, label, values in offered(experiment.permits):
            self.fields[name] = _choice(name, label, values, own)
            self.permitted.append(name)

    @property
    def key(self) -> str:
        """Of what was asked for, too: a form that is changed and sent again asks for another run.

        Browsers keep a form's key when somebody goes back to it.
        """
        asked = [self.experiment.pk, self.cleaned_data["seed"], self.prediction, self.changes]
        return str(uuid.uuid5(uuid.UUID(super().key), json.dumps(asked, sort_keys=True)))

    @property
    def changes(self) -> dict[str, Any]:
        """The fields of the plan that the learner set, by name."""
        chosen = {name: self.cleaned_data[name] for name in [*self.permitted, "watched_row"]}
        return {name: value for name, value in chosen.items() if value is not None}

    def prefill(self, query: QueryDict) -> None:
        """Sets what `query` says of the plan, as far as it is offered."""
        found = read(query, self.fields)
        self.initial = {**self.initial, **found.values}
        self.left_out = found.left_out

    @property
    def has_choices(self) -> bool:
        """Whether somebody chose what the form stands for, here or by an address."""
        return self.is_bound or any(name in self.initial for name in self.permitted)

    def planned(self) -> Plan | None:
        """The plan that the form stands for now; None while one of its choices is refused.

        What else is refused, such as a prediction of 101 %, changes nothing about the plan.
        Raises PlanError when the plan cannot be trained.
        """
        if any(name in self.errors for name in self.permitted):
            return None
        chosen = self.cleaned_data if self.is_bound else self._first_choices()
        changes = {name: chosen[name] for name in self.permitted if chosen.get(name) is not None}
        return Plan.parse({**self.experiment.plan, **changes})

    def _first_choices(self) -> dict[str, Any]:
        named = [name for name in self.permitted if name in self.initial]
        return {name: self.fields[name].clean(self.initial[name]) for name in named}

    @property
    def of_plan(self) -> list[BoundField]:
        """The fields that the experiment permits to change."""
        return [self[name] for name in self.permitted]

    @property
    def further(self) -> list[BoundField]:
        """Fields that most learners leave as they are."""
        return [self["seed"], self["watched_row"]]

    @property
    def has_further_errors(self) -> bool:
        return any(field.errors for field in self.further)


def first_values(learner: Learner | None) -> dict[str, Any]:
    """What an unsent form begins with."""
    return {"seed": learner.seed if learner else new_seed(), "request_key": uuid.uuid4()}


def _own_values(experiment: Experiment) -> dict[str, Any]:
    try:
        return Plan.parse(experiment.plan).as_json()
    except PlanError:  # said when a run is asked for
        return dict(experiment.plan)


def _choice(name: str, label: str, values: dict[str, Any], own: dict[str, Any]) -> forms.Field:
    return forms.TypedChoiceField(
        label=label,
        choices=[(key, said(name, value)) for key, value in values.items()],
        # A reloaded page must not show a choice that its estimate was not made for.
        widget=forms.Select(attrs={"autocomplete": "off"}),
        coerce=values.__getitem__,
        initial=key_of(own.get(name)),
        # A field that is not sent keeps the experiment's own value.
        required=False,
        empty_value=own.get(name),
        error_messages={"invalid_choice": "“%(value)s” is none of these values. Choose one."},
    )
