"""What a question says, frozen: texts are safe HTML, rendered when the version was published.

The same shape, with its texts still in Markdown, is what linting reads before that.
"""

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
    feedback: str = ""
    pin_last: bool = False


@dataclass(frozen=True)
class NearFacts:
    """A wrong number that many will give, and the mistake behind it."""

    value: float
    tolerance: float
    mistake: str


@dataclass(frozen=True)
class QuestionFacts:
    """A question with all that explains its answer; old versions lack the fields with defaults."""

    stem: str
    difficulty: str
    choices: tuple[ChoiceFacts, ...]
    hint: str = ""
    steps: str = ""
    answer: str = ""
    quick_check: str = ""
    watch: str = ""
    kind: str = "single"
    credit: str = "all_or_nothing"
    tags: tuple[str, ...] = ()
    value: float | None = None
    tolerance: float = 0.0
    unit: str = ""
    near: tuple[NearFacts, ...] = ()
    keep_order: bool = False

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "QuestionFacts":
        choices = tuple(ChoiceFacts(**choice) for choice in values["choices"])
        near = tuple(NearFacts(**miss) for miss in values.get("near", ()))
        tags = tuple(values.get("tags", ()))
        return cls(**{**values, "choices": choices, "near": near, "tags": tags})

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}

    def choice(self, choice_id: str) -> ChoiceFacts | None:
        """The option of this id; None when the question has no such option."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)
