"""What a learner has typed for an attempt's run before it is asked for: the prediction, the seed.

It is kept with the attempt as it was typed, also while it is not valid, by the fields' names. What
a field begins with is left out, so that a form that nobody has filled in keeps nothing.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import ValidationError

from accounts.models import Learner
from quizzes.kinds import BadResponse
from training_jobs.forms import StartRunForm

Draft = Mapping[str, str]

SEED, PREDICTION = "seed", "predicted_percent"
FIELDS = (PREDICTION, SEED)
# Longer than any number that is accepted.
LONGEST = 40


class Wish(NamedTuple):
    """The seed and the prediction to ask for a run with."""

    seed: int | None
    prediction: float | None

    def or_seed(self, own: int) -> "Wish":
        """With the learner's own seed where none is wished for."""
        return self if self.seed is not None else self._replace(seed=own)


def posted(form: Mapping[str, str]) -> Draft:
    """What a form holds of it, in a shape that a database takes."""
    return {name: _kept(form[name]) for name in FIELDS if name in form}


def merged(kept: Draft, typed: Draft, own_seed: int) -> Draft:
    """The draft after this was typed; the seed's field begins with `own_seed`."""
    first = {PREDICTION: "", SEED: str(own_seed)}
    return {name: text for name, text in {**kept, **typed}.items() if text != first[name]}


def form_of(draft: Draft, learner: Learner | None) -> StartRunForm:
    """The form as the learner left it."""
    form = StartRunForm.for_learner(learner)
    form.initial.update(draft)
    return form


def wish_of(draft: Draft, *, strict: bool = False) -> Wish:
    """What it asks for; what is not valid is left out or, if `strict`, raises BadResponse."""
    values = {}
    for name, text in draft.items():
        field = StartRunForm.base_fields[name]
        try:
            values[name] = field.clean(text)
        except ValidationError as error:
            if strict:
                raise BadResponse(f"{field.label}: {error.messages[0]}") from error
    percent = values.get(PREDICTION)
    return Wish(values.get(SEED), None if percent is None else percent / 100)


def draft_of(wish: Wish) -> Draft:
    """The draft of what was asked for, for a run that could not be had."""
    draft = {}
    if wish.seed is not None:
        draft[SEED] = str(wish.seed)
    if wish.prediction is not None:
        draft[PREDICTION] = f"{wish.prediction * 100:.12g}"
    return draft


def _kept(text: str) -> str:
    """The text with its white space collapsed, on one line.

    What is too long is cut and ends with “…”, so that the rest is not taken for a number.
    """
    trimmed = " ".join(text.split())
    short = trimmed if len(trimmed) <= LONGEST else f"{trimmed[:LONGEST]}…"
    # A database may refuse such characters.
    return "".join(it if it.isprintable() else "\N{REPLACEMENT CHARACTER}" for it in short)
