"""What a question version says, frozen. Texts are safe HTML, rendered when it was published."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ChoiceFacts:
    """One option. `id` is opaque: it tells neither its place nor whether it is right."""

    id: str
    html: str
    correct: bool
    mistake: str = ""


@dataclass(frozen=True)
class QuestionFacts:
    """A single-choice question with all that explains its answer."""

    stem: str
    difficulty: str
    choices: tuple[ChoiceFacts, ...]
    hint: str = ""
    steps: str = ""
    answer: str = ""
    quick_check: str = ""
    watch: str = ""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "QuestionFacts":
        choices = tuple(ChoiceFacts(**choice) for choice in values["choices"])
        return cls(**{**values, "choices": choices})

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "choices": [asdict(choice) for choice in self.choices]}

    def choice(self, choice_id: str) -> ChoiceFacts | None:
        """The option of this id; None when the question has no such option."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)
