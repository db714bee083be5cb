"""A learner's progress in every topic."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from accounts.models import Learner
from authoring.models import State
from lessons.models import Topic
from quizzes.models import Attempt, Quiz, Recall
from quizzes.overall_grades import grade_over
from quizzes.progress import (
    Coming,
    Mastery,
    PracticeProgress,
    Progress,
    Reading,
    TestProgress,
    TopicProgress,
)
from quizzes.progress_rows import Asked, Rows, rows_of
from quizzes.reviewing import review_of, tells_always
from quizzes.verdicts import Verdict, verdict_of

PRACTICE, TEST = Quiz.Kind.PRACTICE, Quiz.Kind.TEST


def progress_of(learner: Learner | None, attempts: Sequence[Attempt]) -> Progress:
    """All published topics in the course's order.

    `attempts` are all of the learner's at practice sets and tests, newest first.
    """
    published = Q(state=State.PUBLISHED, track__state=State.PUBLISHED)
    in_order = Topic.objects.filter(published).select_related("track", "experiment")
    topics = list(in_order.order_by("track__position", "track__slug", "position", "slug"))
    rows = rows_of(learner, topics, attempts)
    latest = _latest_results(rows)
    return Progress([_progress(topic, rows, latest) for topic in topics])


def _progress(topic: Topic, rows: Rows, latest: Mapping[int, bool]) -> TopicProgress:
    lessons, bank = rows.lessons.get(topic.pk, []), rows.bank.get(topic.pk, [])
    results = [latest[question] for question in bank if question in latest]
    return TopicProgress(
        topic=topic,
        readings=[Reading(lesson, lesson.pk in rows.read) for lesson in lessons],
        mastery=Mastery(sum(results), len(results), len(bank)),
        practice=_practice(topic, rows),
        test=_test(topic, rows),
        coming=_coming(bank, rows),
        runs=rows.runs_by_experiment.get(topic.experiment_id, 0),
    )


def _latest_results(rows: Rows) -> dict[int, bool]:
    """Whether each question was right the last time it was asked, where that may be shown."""
    shown = {quiz.pk for quiz in rows.quizzes.values() if tells_always(quiz, "marks")}
    in_quizzes = [
        (asked.at, asked.question, asked.correct)
        for asked in rows.asked
        if asked.correct is not None and asked.quiz in shown
    ]
    in_reviews = [
        (row.reviewed, row.question, (row.rating or 0) > Recall.Rating.AGAIN)
        for row in rows.cards
        if row.reviewed is not None
    ]
    return {question: right for _, question, right in sorted([*in_quizzes, *in_reviews])}


def _practice(topic: Topic, rows: Rows) -> PracticeProgress | None:
    latest = next(iter(rows.attempts_at(topic, PRACTICE)), None)
    if latest is None:
        return None
    asked = rows.asked_in(latest)
    marks = review_of(latest, rows.now).marks
    return PracticeProgress(
        answered=sum(bool(one.response) for one in asked),
        total=len(asked),
        right=sum(one.correct is True for one in asked) if marks else None,
        is_open=latest.is_open,
    )


def _test(topic: Topic, rows: Rows) -> TestProgress:
    attempts = rows.attempts_at(topic, TEST)
    finished = [attempt for attempt in attempts if not attempt.is_open]
    in_order = sorted((one for one in finished if one.finished_at), key=_finished_at)
    results = [(attempt.score, len(rows.asked_in(attempt))) for attempt in in_order]
    return TestProgress(
        taken=len(finished),
        is_open=len(attempts) > len(finished),
        overall=grade_over(rows.quizzes[topic.pk, TEST], results),
        verdict=_verdict(in_order[-1], rows) if in_order else None,
    )


def _finished_at(attempt: Attempt) -> float:
    return attempt.finished_at.timestamp() if attempt.finished_at else 0.0


def _verdict(attempt: Attempt, rows: Rows) -> Verdict | None:
    """What the test says, where its marks are shown now."""
    if not review_of(attempt, rows.now).marks:
        return None
    asked: Iterable[Asked] = rows.asked_in(attempt)
    return verdict_of([(one.difficulty, one.correct is True) for one in asked])


def _coming(bank: Sequence[int], rows: Rows) -> Coming:
    """What is due of a topic; not what the learner is being tested on now."""
    going = {one.pk for one in rows.attempts if one.is_open and one.quiz.kind == TEST}
    tested = {asked.question for asked in rows.asked if asked.attempt in going}
    askable = set(bank) - tested
    dues = {row.question: row.due_at for row in rows.cards if row.question in askable}
    later = [due for due in dues.values() if due > rows.now]
    return Coming(len(dues) - len(later), len(later), min(later, default=None))
