"""A question as a page may show it. What explains the answer is left out until it is locked.

Templates get these objects and nothing else, so no template can leak a key.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from quizzes.facts import ChoiceFacts, QuestionFacts
from quizzes.models import Answer, QuestionVersion


@dataclass(frozen=True)
class ShownChoice:
    """An option where it stands now. `correct` is None as long as the answer is open."""

    letter: str
    id: str
    html: str
    chosen: bool
    correct: bool | None


@dataclass(frozen=True)
class Explanation:
    """What a learner sees after the answer; `mistake` is that of the option they chose."""

    steps: str
    answer: str
    quick_check: str
    mistake: str


@dataclass(frozen=True)
class ShownQuestion:
    """One question of a quiz. `correct` is None while the answer is open."""

    number: int
    stem: str
    hint: str
    difficulty: str
    watch: str
    choices: list[ShownChoice]
    correct: bool | None
    explanation: Explanation | None

    @property
    def is_locked(self) -> bool:
        return self.correct is not None

    @property
    def is_answered(self) -> bool:
        return any(choice.chosen for choice in self.choices)

    @property
    def status(self) -> str:
        """`right`, `wrong`, `answered` (not checked) or `open`."""
        if self.correct is not None:
            return "right" if self.correct else "wrong"
        return "answered" if self.is_answered else "open"


def shown(answer: Answer) -> ShownQuestion:
    """A question of an attempt, explained once its answer is locked."""
    return show(
        answer.version.facts, answer.position, answer.order, answer.response, answer.correct
    )


def unanswered(version: QuestionVersion, number: int) -> ShownQuestion:
    """A question that nobody has been asked yet."""
    return show(version.facts, number, settled_order(version), [], None)


def show(
    facts: QuestionFacts,
    number: int,
    order: Sequence[str],
    response: Sequence[str],
    correct: bool | None,
) -> ShownQuestion:
    locked = correct is not None
    placed = [choice for ident in order if (choice := facts.choice(ident))]
    return ShownQuestion(
        number=number,
        stem=facts.stem,
        hint=facts.hint,
        difficulty=facts.difficulty,
        watch=facts.watch,
        choices=[
            ShownChoice(
                letter=letter,
                id=choice.id,
                html=choice.html,
                chosen=choice.id in response,
                correct=choice.correct if locked else None,
            )
            for letter, choice in zip(ascii_uppercase, placed, strict=False)
        ],
        correct=correct,
        explanation=_explanation(facts, placed, response) if locked else None,
    )


def _explanation(
    facts: QuestionFacts, placed: Sequence[ChoiceFacts], response: Sequence[str]
) -> Explanation:
    mistakes = [choice.mistake for choice in placed if choice.id in response and not choice.correct]
    return Explanation(facts.steps, facts.answer, facts.quick_check, "".join(mistakes))


def settled_order(version: QuestionVersion) -> list[str]:
    """Options mixed, the same for everyone: a practice question looks alike before and after."""
    ids = [choice.id for choice in version.facts.choices]
    return sorted(ids, key=lambda ident: hashlib.sha256(f"{version.pk}{ident}".encode()).digest())
