"""The form that starts a run."""

import uuid

from django import forms

from accounts.models import Learner, new_seed

PREDICTION_HELP = "Optional. What will its accuracy on the test rows be after training?"
SEED_HELP = (
    "Decides the first weights and the order of the batches. Your own, unless you change it."
)


class StartRunForm(forms.Form):
    """Asks for a prediction before the run: who has committed to a number watches differently."""

    predicted_percent = forms.FloatField(
        label="Your prediction, in percent",
        help_text=PREDICTION_HELP,
        min_value=0,
        max_value=100,
        required=False,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )
    seed = forms.IntegerField(
        label="Seed", help_text=SEED_HELP, min_value=0, max_value=2**31 - 1, required=False
    )
    # Makes a doubled click or a resent form the same run.
    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @classmethod
    def for_learner(cls, learner: Learner | None) -> "StartRunForm":
        """An empty form with this learner's seed, or a fresh one for someone new."""
        seed = learner.seed if learner else new_seed()
        return cls(initial={"seed": seed, "request_key": uuid.uuid4()})

    @property
    def prediction(self) -> float | None:
        """The predicted test accuracy as a fraction."""
        percent = self.cleaned_data["predicted_percent"]
        return None if percent is None else percent / 100

    @property
    def key(self) -> str:
        return str(self.cleaned_data["request_key"] or uuid.uuid4())
