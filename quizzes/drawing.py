"""Which questions an attempt asks, and in which order their options stand."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Learner
from database.prepared import Given, Select
from quizzes.arrangement import arranged
from quizzes.kept_versions import in_order, keys_of
from quizzes.models import Answer, Attempt, Question, QuestionVersion, Quiz
from quizzes.queries import TEST_LENGTH, published
from quizzes.showing import settled_order

# What a test asks of each difficulty, as far as the bank has it.
STRATA = {"easy": 4, "medium": 3, "hard": 3}

# When the learner was last asked a question, by its number; those never asked are missing.
LastAsked = Mapping[int, datetime]


def drawn(quiz: Quiz, learner: Learner) -> list[tuple[QuestionVersion, list[str]]]:
    """Each question of a new attempt with its options' ids in the order to show them."""
    versions = versions_of(quiz)
    if quiz.kind == Quiz.Kind.TEST:
        versions = stratified(versions, last_asked(learner, quiz))
    elif quiz.behaviour == Quiz.Behaviour.MASTERY:
        versions = _fresh_first(versions, last_asked(learner, quiz))[:1]
    if quiz.shuffle_questions:
        versions = random.sample(versions, len(versions))
    return [(version, _order(quiz, version)) for version in versions]


def next_question(quiz: Quiz, learner: Learner, last: Answer) -> tuple[QuestionVersion, list[str]]:
    """What mastery asks after the `last` answer: another one, never asked or the longest ago."""
    versions = [version for version in versions_of(quiz) if version.pk != last.version_id]
    fresh = _fresh_first(versions or [last.version], last_asked(learner, quiz))
    return fresh[0], _order(quiz, fresh[0])


def versions_of(quiz: Quiz) -> list[QuestionVersion]:
    """The published questions that a quiz asks from; a test asks from the whole bank."""
    if quiz.kind == Quiz.Kind.TEST:
        return in_order(_BANK(topic=quiz.topic_id))
    return in_order(_OF_USE(topic=quiz.topic_id, use=quiz.kind))


def last_asked(learner: Learner, quiz: Quiz) -> dict[int, datetime]:
    """When this learner was last asked each question of the quiz's topic, in any quiz."""
    return dict(_LAST_ASKED(learner=learner.pk, topic=quiz.topic_id))


def stratified(versions: Sequence[QuestionVersion], asked: LastAsked) -> list[QuestionVersion]:
    """Ten questions by STRATA, easy first; those preferred that the learner has not seen.

    If a difficulty has too few, others fill up; a learner who has seen all is asked what was asked
    the longest ago.
    """
    fresh_first = _fresh_first(versions, asked)
    chosen = [
        version
        for difficulty, wanted in STRATA.items()
        for version in _of(difficulty, fresh_first)[:wanted]
    ]
    taken = set(chosen)
    rest = [version for version in fresh_first if version not in taken]
    return chosen + rest[: TEST_LENGTH - len(chosen)]


def _fresh_first(versions: Sequence[QuestionVersion], asked: LastAsked) -> list[QuestionVersion]:
    mixed = random.sample(versions, len(versions))
    return sorted(
        mixed,
        key=lambda version: (
            version.question_id in asked,
            asked[version.question_id].timestamp() if version.question_id in asked else 0.0,
        ),
    )


def _of(difficulty: str, versions: Sequence[QuestionVersion]) -> list[QuestionVersion]:
    return [version for version in versions if version.content["difficulty"] == difficulty]


def _order(quiz: Quiz, version: QuestionVersion) -> list[str]:
    """The options in everyone's order, or shuffled for this attempt if their author allows it."""
    if not quiz.shuffle_options:
        return settled_order(version)
    return arranged(version.facts, lambda others: random.sample(others, len(others)))


def _last_asked() -> QuerySet[Answer, tuple[int, datetime]]:
    asked = Answer.objects.filter(
        attempt__learner=Given(Attempt, "learner"), attempt__quiz__topic=Given(Quiz, "topic")
    )
    latest = Max(Coalesce("answered_at", "attempt__started_at"))
    return asked.values_list("version__question").annotate(latest=latest)


_LAST_ASKED = Select(_last_asked)
_TOPIC = Given(Question, "topic")
_BANK = Select(lambda: keys_of(published(_TOPIC, None)))
_OF_USE = Select(lambda: keys_of(published(_TOPIC, Given(Question, "use"))))
