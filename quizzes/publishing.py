"""Freezes a question into the version that students see."""

from django.db import transaction

from authoring.models import State
from authoring.rendering import render, render_inline
from quizzes.facts import ChoiceFacts, QuestionFacts
from quizzes.linting import DraftChoice, problems
from quizzes.models import Choice, Question, QuestionVersion


def facts_of(question: Question, choices: list[Choice]) -> QuestionFacts:
    """The question as it would be published now, its texts rendered."""
    return QuestionFacts(
        stem=render(question.stem),
        difficulty=question.difficulty,
        choices=tuple(
            ChoiceFacts(
                id=choice.ident,
                html=render_inline(choice.text),
                correct=choice.correct,
                mistake=render(choice.mistake),
            )
            for choice in choices
        ),
        hint=render(question.hint),
        steps=render(question.steps),
        answer=render(question.answer),
        quick_check=render(question.quick_check),
        watch=question.watch,
    )


def explaining_texts(question: Question) -> dict[str, str]:
    """The texts that must not name a letter, by the name an author knows them by."""
    return {
        "stem": question.stem,
        "hint": question.hint,
        "worked steps": question.steps,
        "final answer": question.answer,
        "quick check": question.quick_check,
        "hint for the run": question.watch,
    }


def unpublishable(question: Question, choices: list[Choice]) -> list[str]:
    """What keeps this question from being published."""
    drafts = [DraftChoice(choice.text, choice.correct, choice.mistake) for choice in choices]
    return problems(explaining_texts(question), drafts)


@transaction.atomic
def publish(question: Question) -> QuestionVersion:
    """The version of the question as it is now: a new one only when something has changed."""
    # Held for the transaction, so that two editors at once do not make the same version number.
    Question.objects.select_for_update().get(pk=question.pk)
    content = facts_of(question, list(question.choices.all())).as_json()
    version = question.version
    if version is None or version.content != content:
        number = question.versions.count() + 1
        version = question.versions.create(number=number, content=content)
    question.version, question.state = version, State.PUBLISHED
    question.save(update_fields=["version", "state"])
    return version
