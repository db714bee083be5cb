"""Freezes a question into the version that students see."""

from collections.abc import Callable, Sequence

from django.db import transaction

from authoring.models import State
from authoring.rendering import render_inline, render_short
from quizzes import linting, tags
from quizzes.facts import ChoiceFacts, NearFacts, QuestionFacts
from quizzes.lint_warnings import warnings
from quizzes.models import Choice, NearMiss, Question, QuestionVersion
from quizzes.problems import LintWarning, Problem

Rendering = Callable[[str], str]


def facts_of(
    question: Question, choices: Sequence[Choice], near: Sequence[NearMiss]
) -> QuestionFacts:
    """The question as it would be published now, its texts rendered."""
    return _facts(question, choices, near, render_short, render_inline)


def draft_of(
    question: Question, choices: Sequence[Choice], near: Sequence[NearMiss]
) -> QuestionFacts:
    """The question as its author wrote it, for linting: its texts are not safe to show."""
    return _facts(question, choices, near, str, str)


def _facts(
    question: Question,
    choices: Sequence[Choice],
    near: Sequence[NearMiss],
    block: Rendering,
    line: Rendering,
) -> QuestionFacts:
    return QuestionFacts(
        stem=block(question.stem),
        difficulty=question.difficulty,
        choices=tuple(_choice_facts(choice, block, line) for choice in choices),
        hint=block(question.hint),
        steps=block(question.steps),
        answer=block(question.answer),
        quick_check=block(question.quick_check),
        watch=question.watch,
        kind=question.kind,
        credit=question.credit,
        tags=tags_of(question),
        value=question.value,
        tolerance=question.tolerance,
        unit=question.unit,
        keep_order=question.keep_order,
        near=tuple(NearFacts(miss.value, miss.tolerance, block(miss.mistake)) for miss in near),
    )


def _choice_facts(choice: Choice, block: Rendering, line: Rendering) -> ChoiceFacts:
    return ChoiceFacts(
        id=choice.ident,
        html=line(choice.text),
        correct=choice.correct,
        mistake=block(choice.mistake),
        feedback=block(choice.feedback),
        pin_last=choice.pin_last,
    )


def tags_of(question: Question) -> tuple[str, ...]:
    """What the question is about; its author separates tags by commas."""
    return tags.split(question.tags)


def unpublishable(
    question: Question, choices: Sequence[Choice], near: Sequence[NearMiss]
) -> list[Problem]:
    """What keeps this question from being published."""
    return linting.problems(draft_of(question, choices, near))


def warnings_about(question: Question) -> list[LintWarning]:
    """The warnings about the question as it is saved, waived ones included."""
    choices, near = list(question.choices.all()), list(question.near_misses.all())
    return warnings(draft_of(question, choices, near), question.waived)


@transaction.atomic
def discard(question: Question) -> bool:
    """Deletes a draft that was never published; False, and nothing, where students have seen it."""
    # Held like in `publish`, so that nobody publishes it between the look and the deletion.
    Question.objects.select_for_update().get(pk=question.pk)
    if question.versions.exists():
        return False
    question.delete()
    return True


@transaction.atomic
def publish(question: Question) -> QuestionVersion:
    """The version of the question as it is now: a new one only when something has changed."""
    # Held for the transaction, so that two editors at once do not make the same version number.
    Question.objects.select_for_update().get(pk=question.pk)
    facts = facts_of(question, list(question.choices.all()), list(question.near_misses.all()))
    version = question.version
    # As facts, not as JSON: a version from before a field existed says the same by its default.
    if version is None or version.facts != facts:
        number = question.versions.count() + 1
        version = question.versions.create(number=number, content=facts.as_json())
    question.version, question.state = version, State.PUBLISHED
    question.save(update_fields=["version", "state"])
    return version
