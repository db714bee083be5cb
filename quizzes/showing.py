"""A question as a page may show it. What explains the answer is left out until it is locked.

Templates get these objects and nothing else, so no template can leak a key.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, product
from string import ascii_uppercase
from uuid import UUID

from quizzes.arrangement import arranged
from quizzes.facts import ChoiceFacts, QuestionFacts
from quizzes.hundredths import hundredths
from quizzes.kinds import KINDS, is_unreadable, told_reading
from quizzes.models import Answer, QuestionVersion
from quizzes.reviewing import Review
from quizzes.tags import name_of


@dataclass(frozen=True)
class ShownChoice:
    """An option where it stands now. `correct` is None, and `remark` empty, while it is open.

    `remark` tells the mistake behind a wrong choice, or why a right option is right.
    """

    letter: str
    id: str
    html: str
    chosen: bool
    correct: bool | None
    remark: str

    @property
    def mark(self) -> str:
        """`right`, `wrong`, `missed` (right, not chosen), `left` (neither); empty if untold."""
        if self.correct is None:
            return ""
        if self.chosen:
            return "right" if self.correct else "wrong"
        return "missed" if self.correct else "left"


@dataclass(frozen=True)
class RightNumber:
    """The number that was asked for, and how far from it was still right."""

    value: float
    tolerance: float

    @property
    def text(self) -> str:
        return f"{self.value:.12g}"

    @property
    def tolerance_text(self) -> str:
        """Empty when the number had to be exact."""
        return f"{self.tolerance:.12g}" if self.tolerance else ""


@dataclass(frozen=True)
class Explanation:
    """What a learner sees after the answer; `mistake` is the one behind the number they wrote."""

    steps: str
    answer: str
    quick_check: str
    mistake: str


@dataclass(frozen=True)
class ShownQuestion:
    """One question of a quiz. `correct` and `credit` are None while the answer is open.

    They stay None when the quiz does not show marks. `tries_left` is above zero after a wrong try
    that is not the last.
    """

    number: int
    stem: str
    hint: str
    difficulty: str
    watch: str
    kind: str
    tags: tuple[str, ...]  # as words, without hyphens
    unit: str
    rule: str
    choices: tuple[ShownChoice, ...]
    typed: str
    has_response: bool  # also where what was chosen or written is withheld
    correct: bool | None
    credit: float | None
    right_number: RightNumber | None
    explanation: Explanation | None
    is_locked: bool
    tries_left: int = 0
    flagged: bool = False
    # How long it was looked at; None where no page could tell.
    seconds: int | None = None
    # Whether what was typed is not a number.
    is_unreadable: bool = False
    # A sentence on how a typed number is read, if that is not obvious.
    read_as: str = ""
    # 0 where it is no question of the bank.
    question_id: int = 0
    # The open test of the learner that asks it: it is neither explained nor checked meanwhile.
    tested_in: UUID | None = None
    # Whether it is therefore withheld what was answered, and tried, here.
    is_withheld: bool = False

    @property
    def is_answered(self) -> bool:
        """A text that is no number answers nothing."""
        return self.has_response and not self.is_unreadable

    @property
    def is_partly_right(self) -> bool:
        return self.credit is not None and 0 < self.credit < 1

    @property
    def credit_text(self) -> str:
        """The credit in at most two decimals, such as 0.5."""
        return hundredths(self.credit or 0)

    @property
    def status(self) -> str:
        """`right`, `wrong`, `answered` (not checked) or `open`."""
        if self.correct is not None:
            return "right" if self.correct else "wrong"
        return "answered" if self.is_answered else "open"

    @property
    def template(self) -> str:
        """The partial that draws what can be chosen or written, or what has been."""
        kind = KINDS[self.kind]
        return kind.locked_template if self.is_locked else kind.open_template

    @property
    def input(self) -> str:
        """The type of the question's input elements."""
        return KINDS[self.kind].input


def shown(
    answer: Answer, review: Review, tries_allowed: int, *, ended: bool = False
) -> ShownQuestion:
    """A question of an attempt; once its answer is locked, with what the review shows.

    If the attempt has `ended` without a grade, nothing can be chosen, and nothing is
    told.
    """
    facts = answer.version.facts
    if answer.graded_by is not None:
        facts = _keyed_by(facts, answer.graded_by.facts)
    question = show(
        facts,
        answer.position,
        answer.order,
        answer.response,
        answer.correct,
        answer.credit,
    )
    left = tries_allowed - answer.tries if answer.tries and not question.is_locked else 0
    return replace(
        withheld(question, review),
        is_locked=question.is_locked or ended,
        tries_left=left,
        flagged=answer.flagged,
        seconds=answer.seconds,
        question_id=answer.version.question_id,
    )


def _keyed_by(seen: QuestionFacts, corrected: QuestionFacts) -> QuestionFacts:
    """What the learner saw, with the key and the explanations that have graded it since."""
    choices = [(choice, corrected.choice(choice.id)) for choice in seen.choices]
    return replace(
        seen,
        choices=tuple(
            replace(keyed, html=choice.html) if keyed else replace(choice, correct=False)
            for choice, keyed in choices
        ),
        value=corrected.value,
        tolerance=corrected.tolerance,
        near=corrected.near,
        steps=corrected.steps,
        answer=corrected.answer,
        quick_check=corrected.quick_check,
        watch=corrected.watch,
    )


def unanswered(version: QuestionVersion, number: int) -> ShownQuestion:
    """A question that nobody has been asked yet."""
    question = show(version.facts, number, settled_order(version), [], None)
    return replace(question, question_id=version.question_id)


def show(
    facts: QuestionFacts,
    number: int,
    order: Sequence[str],
    response: Sequence[str],
    correct: bool | None,
    credit: float | None = None,
) -> ShownQuestion:
    """The question as it stands; without a credit, a locked answer has all of it or nothing."""
    locked = correct is not None
    placed = [choice for ident in order if (choice := facts.choice(ident))]
    return ShownQuestion(
        number=number,
        stem=facts.stem,
        hint=facts.hint,
        difficulty=facts.difficulty,
        watch=facts.watch if locked else "",
        kind=facts.kind,
        tags=tuple(map(name_of, facts.tags)),
        unit=facts.unit,
        rule=KINDS[facts.kind].rule_of(facts.credit),
        choices=tuple(
            _choice(letter, choice, choice.id in response, locked)
            for letter, choice in zip(_letters(), placed, strict=False)
        ),
        typed="" if facts.choices else " ".join(response),
        has_response=bool(response),
        correct=correct,
        credit=_credit(correct, credit),
        right_number=_right_number(facts) if locked else None,
        explanation=_explanation(facts, response) if locked else None,
        is_locked=locked,
        is_unreadable=is_unreadable(facts, response),
        read_as="" if facts.choices else told_reading(response, facts.unit),
    )


def withheld(question: ShownQuestion, review: Review) -> ShownQuestion:
    """The locked question without what the quiz's review does not show now."""
    if not question.is_locked:
        return question
    return replace(
        question,
        correct=question.correct if review.marks else None,
        credit=question.credit if review.marks else None,
        choices=tuple(_reviewed(choice, review) for choice in question.choices),
        right_number=question.right_number if review.answer else None,
        explanation=question.explanation if review.explanation else None,
        watch=question.watch if review.explanation else "",
    )


def without_response(question: ShownQuestion) -> ShownQuestion:
    """The question without what was chosen or written; that there was a response is told."""
    choices = tuple(replace(it, chosen=False) for it in question.choices)
    return replace(question, choices=choices, typed="", read_as="", tries_left=0, is_withheld=True)


def answered(question: ShownQuestion, response: Sequence[str]) -> ShownQuestion:
    """The question with this response, which was refused, in its fields; as it is when locked.

    To be drawn only: a page counts its questions as they are kept.
    """
    if question.is_locked:
        return question
    question = replace(question, has_response=bool(response))
    choices = tuple(replace(it, chosen=it.id in response) for it in question.choices)
    if choices:
        return replace(question, choices=choices)
    told = told_reading(response, question.unit)
    return replace(question, typed=" ".join(response), read_as=told)


def _reviewed(choice: ShownChoice, review: Review) -> ShownChoice:
    # Whether a chosen option is right is a mark; whether another one is, is the answer.
    told = review.answer or (review.marks and choice.chosen)
    remark = choice.remark if told and review.explanation else ""
    return replace(choice, correct=choice.correct if told else None, remark=remark)


def _credit(correct: bool | None, credit: float | None) -> float | None:
    if correct is None:
        return None
    return float(correct) if credit is None else credit


def _letters() -> Iterator[str]:
    """A to Z, then AA, AB and so on, so that every option has one."""
    for length in count(1):
        yield from map("".join, product(ascii_uppercase, repeat=length))


def _choice(letter: str, choice: ChoiceFacts, chosen: bool, locked: bool) -> ShownChoice:
    return ShownChoice(
        letter=letter,
        id=choice.id,
        html=choice.html,
        chosen=chosen,
        correct=choice.correct if locked else None,
        remark=_remark(choice, chosen) if locked else "",
    )


def _remark(choice: ChoiceFacts, chosen: bool) -> str:
    if choice.correct:
        return choice.feedback
    return choice.mistake if chosen else ""


def _right_number(facts: QuestionFacts) -> RightNumber | None:
    return None if facts.value is None else RightNumber(facts.value, facts.tolerance)


def _explanation(facts: QuestionFacts, response: Sequence[str]) -> Explanation:
    miss = KINDS[facts.kind].near_miss(facts, response)
    mistake = miss.mistake if miss else ""
    return Explanation(facts.steps, facts.answer, facts.quick_check, mistake)


def settled_order(version: QuestionVersion, salt: str = "") -> list[str]:
    """Options mixed, the same for everyone: a practice question looks alike before and after.

    With a `salt` they are mixed in another way, which is always the same for that salt.
    """
    seed = f"{salt}{version.pk}"

    def digest(ident: str) -> bytes:
        return hashlib.sha256(f"{seed}{ident}".encode()).digest()

    return arranged(version.facts, lambda others: sorted(others, key=digest))
