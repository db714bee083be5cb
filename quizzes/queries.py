"""Questions that pages ask about quizzes and attempts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.learners import Person, given_learner, person_of
from accounts.models import Learner
from authoring.models import State
from database.prepared import Given, Select
from lessons.models import Topic
from quizzes.kept_versions import dated, with_versions
from quizzes.models import Answer, Attempt, Question, QuestionVersion, Quiz
from quizzes.reviewing import review_of
from quizzes.sheets import Place, Sheet
from quizzes.showing import ShownQuestion, answered, shown, unanswered

# A test asks this many of the bank's questions, or all when there are fewer.
TEST_LENGTH = 10
# Of quizzes: their topics have pages.
PUBLISHED = Q(topic__state=State.PUBLISHED, topic__track__state=State.PUBLISHED)


@dataclass(frozen=True)
class Part:
    """How the questions of one difficulty, or about one tag, went."""

    name: str
    questions: list[ShownQuestion]

    @property
    def right(self) -> int:
        return sum(question.correct is True for question in self.questions)

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def credit(self) -> float:
        return sum(question.credit or 0 for question in self.questions)


@dataclass(frozen=True)
class QuizPage:
    """A quiz as a learner sees it; without an attempt, as it would begin."""

    topic: Topic
    attempt: Attempt | None
    questions: list[ShownQuestion]
    # The number of the save that is kept of each question, and then of the run's draft.
    saves: Sequence[int] = ()
    # Where none has begun: when this was read.
    drawn_at: datetime | None = None

    @property
    def next_seq(self) -> int:
        """A number above every one that a save of this attempt has used."""
        return max(self.saves, default=0) + 1

    @property
    def known(self) -> str:
        """What a form of this page knows to be saved."""
        return " ".join(map(str, self.saves))

    def with_response(self, number: int, response: Sequence[str]) -> "QuizPage":
        """The page with what was posted to question `number`, which could not be checked."""
        questions = list(self.questions)
        questions[number - 1] = answered(questions[number - 1], response)
        return replace(self, questions=questions)

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def right(self) -> int:
        return sum(question.correct is True for question in self.questions)

    @property
    def checked(self) -> int:
        return sum(question.is_locked for question in self.questions)

    @property
    def mastery(self) -> str:
        """How far mastery is, in words; empty where it is not what ends the quiz."""
        quiz = self.attempt.quiz if self.attempt else None
        if quiz is None or quiz.behaviour != Quiz.Behaviour.MASTERY:
            return ""
        locked = [question for question in self.questions if question.is_locked]
        if any(question.correct is None for question in locked):
            return f"{quiz.mastery_right} right of the last {quiz.mastery_of} answers end it."
        right = sum(question.correct is True for question in locked[-quiz.mastery_of :])
        wanted = f"{quiz.mastery_right} of the last {quiz.mastery_of} end it"
        last = min(len(locked), quiz.mastery_of)
        return f"{right} of your last {last} answers are right; {wanted}."

    @property
    def answered(self) -> int:
        """Questions with a choice that is kept, checked or not."""
        return sum(it.is_answered for it in self.questions)

    @property
    def unanswered(self) -> int:
        return self.total - self.answered

    @property
    def sheet(self) -> Sheet:
        """What the navigator of an open test tells."""
        return Sheet(
            [
                Place(it.number, it.has_response, it.flagged, it.is_unreadable, it.read_as)
                for it in self.questions
            ]
        )

    @property
    def complete(self) -> bool:
        return self.total > 0 and self.checked == self.total

    @property
    def is_test(self) -> bool:
        return self.attempt is not None and self.attempt.quiz.kind == Quiz.Kind.TEST

    @property
    def marked(self) -> bool:
        """Whether it shows which answers are right."""
        return all(question.correct is not None for question in self.questions)

    @property
    def tested_in(self) -> UUID | None:
        """An open test of its learner that asks any of its questions."""
        return next((it.tested_in for it in self.questions if it.tested_in), None)

    @property
    def waits_for(self) -> UUID | None:
        """The one that has to be finished before these questions can be."""
        waiting = (it.tested_in for it in self.questions if not it.is_locked)
        return next(filter(None, waiting), None)

    @property
    def partly_right(self) -> bool:
        return any(question.is_partly_right for question in self.questions)

    @property
    def levels(self) -> list[Part]:
        """The score by difficulty, easy first; only difficulties that were asked."""
        by_level = {
            level: [q for q in self.questions if q.difficulty == level]
            for level in Question.Difficulty.values
        }
        return [Part(level, asked) for level, asked in by_level.items() if asked]

    @property
    def subjects(self) -> list[Part]:
        """The score by tag, in the alphabet's order; a question may have several, or none."""
        tags = sorted({tag for question in self.questions for tag in question.tags})
        return [Part(tag, [q for q in self.questions if tag in q.tags]) for tag in tags]


def published_versions(topic_id: int, use: Question.Use | None) -> list[QuestionVersion]:
    """The versions that a new attempt asks, in the author's order; `use` None is the whole bank."""
    return list(published(topic_id, use))


def published(topic_id: int | Given, use: Question.Use | Given | None) -> QuerySet[QuestionVersion]:
    """The same, for a caller that has most of them in memory."""
    versions = QuestionVersion.objects.filter(
        pk=F("question__version"), question__topic=topic_id, question__state=State.PUBLISHED
    )
    if use is not None:
        versions = versions.filter(question__use=use)
    return versions.order_by("question__use", "question__position", "question__slug")


def published_quiz(slug: str, kind: Quiz.Kind) -> Quiz:
    """The quiz of this kind of the published topic of this slug, with the topic; else a 404."""
    quiz = _PUBLISHED_QUIZ.first(slug=slug, kind=kind)
    if quiz is None:
        raise Http404("There is no such quiz.")
    return quiz


def practice_quiz(slug: str, learner: Learner | None) -> Quiz:
    """The practice set of a published topic, or of one taken back since this learner began it."""
    begun = Attempt.objects.filter(learner=learner, state=Attempt.State.OPEN)
    there = PUBLISHED | Q(pk__in=begun.values("quiz"))
    return get_object_or_404(_with_topics(), there, topic__slug=slug, kind=Quiz.Kind.PRACTICE)


def _with_topics() -> QuerySet[Quiz]:
    return Quiz.objects.select_related("topic__track")


def quiz_of(topic: Topic, kind: Quiz.Kind) -> Quiz:
    """The topic's quiz of this kind; with its topic, which was read already."""
    quiz = get_object_or_404(Quiz, topic=topic, kind=kind)
    quiz.topic = topic
    return quiz


def open_attempt(topic: Topic, kind: Quiz.Kind, learner: Learner | None) -> Attempt | None:
    """The learner's open attempt at the topic's quiz of this kind."""
    attempts = Attempt.objects.select_related("quiz__topic__track")
    return attempts.filter(
        quiz__topic=topic, quiz__kind=kind, learner=learner, state=Attempt.State.OPEN
    ).first()


def latest_attempt(topic: Topic, kind: Quiz.Kind, learner: Learner | None) -> Attempt | None:
    """The learner's newest attempt at the topic's quiz of this kind, open or finished."""
    if learner is None:
        return None
    attempts = Attempt.objects.select_related("quiz__topic").exclude(state=Attempt.State.VOID)
    return attempts.filter(quiz__topic=topic, quiz__kind=kind, learner=learner).first()


def own_attempt(attempt_id: UUID, whose: Person) -> Attempt:
    """The practice or test of this learner, with all that its pages show; else a 404.

    Nor is an inline quiz: it belongs to its lesson and has no pages of its own.
    """
    attempt = _OWN_ATTEMPT.first(id=attempt_id, **whose._asdict())
    if attempt is None:
        raise Http404("There is no such attempt.")
    return attempt


def attempt_page(attempt: Attempt) -> QuizPage:
    # Only what has ended can have been graded again, by a key that was corrected since.
    rows = _OPEN_ANSWERS if attempt.is_open else _ENDED_ANSWERS
    answers = with_versions(rows(attempt=attempt.pk))
    review, tries = review_of(attempt, timezone.now()), attempt.quiz.tries_allowed
    ended = not attempt.is_open
    questions = [shown(answer, review, tries, ended=ended) for answer in answers]
    saves = [*(answer.seq for answer in answers), attempt.draft_seq]
    return QuizPage(attempt.quiz.topic, attempt, questions, saves)


def preview_page(topic: Topic, use: Question.Use) -> QuizPage:
    """A quiz that nobody has begun yet."""
    drawn_at = timezone.now()
    versions = published_versions(topic.pk, use)
    questions = [unanswered(version, number) for number, version in enumerate(versions, start=1)]
    return QuizPage(topic, None, questions, drawn_at=drawn_at)


def practice_progress(topic: Topic, learner: Learner | None) -> QuizPage:
    """The practice set as this learner left it, even if the attempt is finished."""
    attempt = latest_attempt(topic, Quiz.Kind.PRACTICE, learner)
    return attempt_page(attempt) if attempt else preview_page(topic, Question.Use.PRACTICE)


def inline_page(topic: Topic, learner: Learner | None) -> QuizPage:
    """The inline quiz as this learner left it."""
    attempt = latest_attempt(topic, Quiz.Kind.INLINE, learner)
    return attempt_page(attempt) if attempt else preview_page(topic, Question.Use.INLINE)


def attempts_of(learner: Learner | None) -> QuerySet[Attempt]:
    """The learner's attempts at practice sets and tests, newest first, each with its length."""
    attempts = Attempt.objects.select_related("quiz__topic").annotate(total=Count("answers"))
    # An annotation that groups rows makes Django forget the model's own order.
    attempts = attempts.order_by("-started_at")
    if learner is None:
        return attempts.none()
    return attempts.filter(learner=learner).exclude(quiz__kind=Quiz.Kind.INLINE)


def test_length(topic: Topic) -> int:
    """How many questions the topic's test asks."""
    bank = Question.objects.filter(topic=topic, state=State.PUBLISHED).count()
    return min(bank, TEST_LENGTH)


def positions(attempt_id: UUID) -> range:
    """The numbers of the attempt's questions."""
    return range(1, Answer.objects.filter(attempt=attempt_id).count() + 1)


def open_questions(whose: Person) -> QuerySet[Answer]:
    """The answers of somebody's open tests: nothing must explain their questions.

    So it is with a test that waits, from before they signed in, to be moved to their account.
    """
    if whose.user is None:
        own = Q(pk=whose.guest, user=None)
    else:
        own = Q(user=whose.user) | Q(offered_to=whose.user)
    return Answer.objects.filter(
        attempt__learner__in=Learner.objects.filter(own),
        attempt__state=Attempt.State.OPEN,
        attempt__quiz__kind=Quiz.Kind.TEST,
    )


def asked_in_open_test(learner: Learner, *questions: int) -> bool:
    """Whether the learner is being tested on one of these now."""
    return open_questions(person_of(learner)).filter(version__question__in=questions).exists()


def attempts_left(quiz: Quiz, learner: Learner | None) -> int | None:
    """How many more attempts the learner may begin; None is as many as they like."""
    if quiz.attempts_allowed is None or quiz.kind != Quiz.Kind.TEST:
        return None
    finished = Attempt.objects.filter(quiz=quiz, learner=learner, state=Attempt.State.FINISHED)
    used = finished.count() if learner else 0
    return max(0, quiz.attempts_allowed - used)


def next_topic(topic: Topic) -> Topic | None:
    """The published topic that follows in the same track, if there is one."""
    later = Q(position__gt=topic.position) | Q(position=topic.position, slug__gt=topic.slug)
    return Topic.objects.filter(later, track=topic.track_id, state=State.PUBLISHED).first()


def next_seq(attempt_id: UUID) -> int:
    """A sequence number above every one that a save of this attempt has used."""
    attempt = Attempt.objects.filter(pk=attempt_id)
    used = attempt.aggregate(draft=Max("draft_seq"), answers=Max("answers__seq"))
    return max(number or 0 for number in used.values()) + 1


def _answers() -> QuerySet[Answer]:
    return Answer.objects.filter(attempt=Given(Answer, "attempt")).order_by("position")


_PUBLISHED_QUIZ = Select(
    lambda: _with_topics().filter(
        PUBLISHED, topic__slug=Given(Topic, "slug"), kind=Given(Quiz, "kind")
    )
)
_OWN_ATTEMPT = Select(
    lambda: (
        Attempt.objects.select_related("quiz__topic__experiment", "quiz__topic__track", "learner")
        .exclude(quiz__kind=Quiz.Kind.INLINE)
        .filter(id=Given(Attempt, "id"), learner__in=given_learner())
    )
)
_OPEN_ANSWERS = Select(lambda: dated(_answers()))
_ENDED_ANSWERS = Select(lambda: dated(_answers().select_related("graded_by")))
