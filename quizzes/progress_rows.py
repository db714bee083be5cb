"""The rows behind a learner's progress, in a number of queries that does not grow with them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Learner
from authoring.models import State
from lessons.models import Lesson, Topic
from lessons.modes import MODES
from quizzes.models import Answer, Attempt, Card, LessonRead, Question, Quiz
from training_jobs.models import Run

# The order in which a topic offers its modes.
MODE_PLACES = {mode: place for place, mode in enumerate(MODES)}


class Asked(NamedTuple):
    """An answer as far as progress needs it; `correct` is None while it is open."""

    attempt: UUID
    quiz: int
    question: int
    correct: bool | None
    response: list[str]
    difficulty: str
    at: datetime


class CardRow(NamedTuple):
    """A card with one of its recalls; `reviewed` is when that was, unless a quiz has asked it."""

    question: int
    due_at: datetime
    rating: int | None
    reviewed: datetime | None


@dataclass(frozen=True)
class Rows:
    """What was read, by topic where nothing else is said; void attempts are left out."""

    now: datetime
    lessons: Mapping[int, list[Lesson]]
    read: frozenset[int]
    quizzes: Mapping[tuple[int, str], Quiz]
    bank: Mapping[int, list[int]]
    attempts: Sequence[Attempt]
    asked: Sequence[Asked]
    cards: Sequence[CardRow]
    runs_by_experiment: Mapping[int, int]

    def attempts_at(self, topic: Topic, kind: Quiz.Kind) -> list[Attempt]:
        """The learner's attempts at a quiz, newest first."""
        quiz = self.quizzes[topic.pk, kind]
        return [attempt for attempt in self.attempts if attempt.quiz_id == quiz.pk]

    def asked_in(self, attempt: Attempt) -> list[Asked]:
        return self._by_attempt[attempt.pk]

    @cached_property
    def _by_attempt(self) -> Mapping[UUID, list[Asked]]:
        found = defaultdict(list)
        for asked in self.asked:
            found[asked.attempt].append(asked)
        return found


def rows_of(learner: Learner | None, topics: list[Topic], attempts: Sequence[Attempt]) -> Rows:
    """Everything about these topics; `attempts` are all that the learner has at their quizzes."""
    return Rows(
        now=timezone.now(),
        lessons=_lessons(topics),
        read=_read(learner),
        quizzes={(quiz.topic_id, quiz.kind): quiz for quiz in Quiz.objects.all()},
        bank=_bank(),
        attempts=[attempt for attempt in attempts if not attempt.is_void],
        asked=_asked(learner),
        cards=_cards(learner),
        runs_by_experiment=_runs(learner),
    )


def _read(learner: Learner | None) -> frozenset[int]:
    reads = LessonRead.objects.filter(learner=learner).values_list("lesson", flat=True)
    return frozenset(reads) if learner else frozenset()


def _lessons(topics: list[Topic]) -> dict[int, list[Lesson]]:
    by_key = {topic.pk: topic for topic in topics}
    found = defaultdict(list)
    published = Lesson.objects.filter(state=State.PUBLISHED, topic__in=by_key)
    for lesson in published.only("topic", "mode", "title"):
        lesson.topic = by_key[lesson.topic_id]
        found[lesson.topic_id].append(lesson)
    return {
        topic: sorted(its_own, key=lambda lesson: MODE_PLACES[lesson.mode])
        for topic, its_own in found.items()
    }


def _bank() -> dict[int, list[int]]:
    """The published questions of each topic."""
    found = defaultdict(list)
    published = Question.objects.filter(state=State.PUBLISHED, version__isnull=False)
    for topic, question in published.order_by().values_list("topic", "pk"):
        found[topic].append(question)
    return found


def _asked(learner: Learner | None) -> list[Asked]:
    """The answers of attempts that are not void, in the order they were given."""
    answers = Answer.objects.filter(attempt__learner=learner)
    at = Coalesce("answered_at", "attempt__finished_at", "attempt__started_at")
    rows = answers.exclude(attempt__state=Attempt.State.VOID).values_list(
        "attempt",
        "attempt__quiz",
        "version__question",
        "correct",
        "response",
        "version__content__difficulty",
        at,
    )
    return [Asked(*row) for row in rows.order_by(at, "pk")] if learner else []


def _cards(learner: Learner | None) -> list[CardRow]:
    """The learner's cards, each once for each of its recalls."""
    cards = Card.objects.filter(learner=learner) if learner else Card.objects.none()
    rows = cards.annotate(reviewed=F("recalls__at")).values_list(
        "question", "due_at", "recalls__rating", "reviewed", "recalls__answer"
    )
    return [
        CardRow(question, due_at, rating, None if answer else reviewed)
        for question, due_at, rating, reviewed, answer in rows
    ]


def _runs(learner: Learner | None) -> dict[int, int]:
    """How many runs of each experiment the learner has."""
    runs = Run.objects.filter(learner=learner).order_by().values_list("experiment")
    return dict(runs.annotate(runs=Count("pk"))) if learner else {}
