"""Which questions an attempt asks, and in which order their options stand."""

import random

from quizzes.models import Question, QuestionVersion, Quiz
from quizzes.queries import TEST_LENGTH, published_versions
from quizzes.showing import settled_order


def drawn(quiz: Quiz) -> list[tuple[QuestionVersion, list[str]]]:
    """Each question of a new attempt with its options' ids in the order to show them."""
    versions = versions_of(quiz)
    if quiz.kind != Quiz.Kind.TEST:
        return [(version, settled_order(version)) for version in versions]
    shuffled = random.sample(versions, min(TEST_LENGTH, len(versions)))
    return [(version, _shuffled_order(version)) for version in shuffled]


def versions_of(quiz: Quiz) -> list[QuestionVersion]:
    """The published questions that a quiz asks from; a test asks from the whole bank."""
    use = None if quiz.kind == Quiz.Kind.TEST else Question.Use(quiz.kind)
    return published_versions(quiz.topic_id, use)


def _shuffled_order(version: QuestionVersion) -> list[str]:
    ids = [choice.id for choice in version.facts.choices]
    return random.sample(ids, len(ids))
