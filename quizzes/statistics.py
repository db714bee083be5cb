"""What teachers ask about the answers to a quiz; computed in `measures`, judged in `judgements`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from django.db.models import Count, F, QuerySet, Sum

from quizzes import judgements, measures
from quizzes.measures import Interval, Sums
from quizzes.models import Answer, Attempt, Question, QuestionVersion, Quiz

FINISHED = Attempt.State.FINISHED
IN_ORDER = ("question__use", "question__position", "question__slug", "number")


@dataclass(frozen=True)
class Item:
    """A question of a quiz with its figures; `tells_apart` where attempts are of one length."""

    question: Question
    sums: Sums
    tells_apart: bool = True

    @cached_property
    def facility_interval(self) -> Interval | None:
        return measures.wilson(self.sums.x, self.sums.n) if self.sums.n else None

    @cached_property
    def discrimination(self) -> float | None:
        return measures.discrimination(self.sums) if self.tells_apart else None

    @property
    def discrimination_interval(self) -> Interval | None:
        known = self.discrimination
        return None if known is None else measures.fisher(known, self.sums.n)

    @property
    def measured_level(self) -> str:
        """The measured difficulty in the author's words; empty with too few answers."""
        facility = self.sums.facility
        return "" if facility is None or self.is_small else judgements.measured_level(facility)

    @property
    def fit(self) -> judgements.Fit:
        return judgements.fit(self.question.difficulty, self.sums)

    @property
    def is_misjudged(self) -> bool:
        """Whether the authored difficulty is surely not the measured one."""
        return self.fit in (judgements.Fit.EASIER, judgements.Fit.HARDER)

    @property
    def is_small(self) -> bool:
        return self.sums.n < judgements.FEW

    @property
    def warnings(self) -> list[str]:
        return judgements.warnings(self.sums, self.discrimination)


@dataclass(frozen=True)
class Level:
    """The questions of one authored difficulty, taken together."""

    name: str
    items: Sequence[Item]

    @property
    def sums(self) -> Sums:
        return sum((item.sums for item in self.items), Sums())


@dataclass(frozen=True)
class ScoreBin:
    """How many attempts reached at least `points` and less than one more."""

    points: int
    attempts: int
    share: float


@dataclass(frozen=True)
class QuizStatistics:
    """A quiz in figures; `scores` are the different scores, in order, each with its attempts.

    `tried_out` counts staff's finished attempts, which are left out.
    """

    quiz: Quiz
    first_only: bool
    items: Sequence[Item]
    scores: Sequence[tuple[float, int]]
    tried_out: int = 0

    @cached_property
    def attempts(self) -> int:
        return sum(count for _, count in self.scores)

    @property
    def is_small(self) -> bool:
        return self.attempts < judgements.FEW

    @cached_property
    def answers(self) -> int:
        return sum(item.sums.n for item in self.items)

    @property
    def mean_score(self) -> float | None:
        """In points: a question is worth one."""
        total = sum(score * count for score, count in self.scores)
        return total / self.attempts if self.attempts else None

    @property
    def median_score(self) -> float | None:
        return measures.quantile(self.scores, 0.5) if self.attempts else None

    @property
    def questions_each(self) -> float:
        """How many questions an attempt has, on average."""
        return self.answers / self.attempts if self.attempts else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation of the score, in points."""
        return math.sqrt(self._score_variance)

    @property
    def _score_variance(self) -> float:
        squares = sum(score**2 * count for score, count in self.scores)
        total = sum(score * count for score, count in self.scores)
        return measures.variance(self.attempts, total, squares)

    @property
    def is_fixed(self) -> bool:
        """Whether every attempt was asked the same questions, each once."""
        return all(item.tells_apart and item.sums.n == self.attempts for item in self.items)

    @property
    def alpha(self) -> float | None:
        """Cronbach's alpha; None where attempts differ in what they ask, or nothing varies."""
        if not self.is_fixed:
            return None
        return measures.cronbach_alpha([item.sums for item in self.items], self._score_variance)

    @property
    def standard_error(self) -> float | None:
        """Of a score, in points."""
        alpha = self.alpha
        return None if alpha is None else measures.standard_error(self._score_variance, alpha)

    @property
    def levels(self) -> list[Level]:
        """By authored difficulty, easy first; only those that were asked."""
        by_name = {
            name: [item for item in self.items if item.question.difficulty == name]
            for name in Question.Difficulty.values
        }
        return [Level(name, items) for name, items in by_name.items() if items]

    @property
    def score_bins(self) -> list[ScoreBin]:
        """The distribution of the score, whole points from 0 to the highest reached."""
        counts = [0] * (_whole_points(self.scores[-1][0]) + 1) if self.scores else []
        for score, count in self.scores:
            counts[_whole_points(score)] += count
        most = max(counts, default=1)
        return [ScoreBin(points, count, count / most) for points, count in enumerate(counts)]


def _whole_points(score: float) -> int:
    """A sum of credits may be a hair below the whole number that it is."""
    return math.floor(score + measures.ROUNDING)


def quiz_statistics(quiz: Quiz, *, first_only: bool) -> QuizStatistics:
    """The quiz's finished attempts in figures; `first_only` counts each learner's first one."""
    by_version = sums_by_version(counted_answers(quiz, first_only=first_only))
    versions = QuestionVersion.objects.defer("content").select_related("question")
    by_question: dict[Question, Sums] = {}
    for version in versions.filter(pk__in=by_version).order_by(*IN_ORDER):
        sums = by_question.get(version.question, Sums())
        by_question[version.question] = sums + by_version[version.pk]
    items = [item_from(question, quiz, sums) for question, sums in by_question.items()]
    attempts = counted_attempts(quiz, first_only=first_only).values("score")
    counts = attempts.annotate(count=Count("*")).order_by("score").values_list("score", "count")
    scores = [(score or 0.0, count) for score, count in counts]
    tried_out = Attempt.objects.filter(quiz=quiz, state=FINISHED, by_staff=True).count()
    return QuizStatistics(quiz, first_only, items, scores, tried_out)


def item_from(question: Question, quiz: Quiz, sums: Sums) -> Item:
    """A question with what was added up of its answers in a quiz."""
    # Attempts at a mastery quiz end sooner for those who know more: their scores say little.
    return Item(question, sums, quiz.behaviour != Quiz.Behaviour.MASTERY)


def counted_attempts(quiz: Quiz, *, first_only: bool) -> QuerySet[Attempt]:
    """Learners' finished attempts at a quiz, without void ones and staff's."""
    attempts = Attempt.objects.filter(quiz=quiz, state=FINISHED, by_staff=False).order_by()
    return attempts.filter(number=1) if first_only else attempts


def counted_answers(quiz: Quiz, *, first_only: bool) -> QuerySet[Answer]:
    """The answers of those attempts."""
    ended = {"attempt__state": FINISHED, "attempt__by_staff": False}
    answers = Answer.objects.filter(attempt__quiz=quiz, **ended).order_by()
    return answers.filter(attempt__number=1) if first_only else answers


def sums_by_version(answers: QuerySet[Answer]) -> dict[int, Sums]:
    """The sums by the version that was asked. All of it stands in two indexes: no table is read."""
    credit, score = F("credit"), F("attempt__score")
    rows = answers.values("version").annotate(
        n=Count("*"),
        x=Sum(credit),
        xx=Sum(credit * credit),
        s=Sum(score),
        ss=Sum(score * score),
        xs=Sum(credit * score),
        timed=Count("seconds"),
        time=Sum("seconds", default=0),
    )
    names = (at.name for at in fields(Sums))
    return {version: Sums(*sums) for version, *sums in rows.values_list("version", *names)}
