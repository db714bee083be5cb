"""A quiz's figures, and who answered what, as tables to take away."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from authoring.visible import plain
from quizzes.facts import QuestionFacts
from quizzes.models import Answer, Attempt, QuestionVersion, Quiz
from quizzes.statistics import QuizStatistics

Row = list[Any]
ITEM_COLUMNS = (
    *("question", "kind", "answers", "authored", "measured", "fit"),
    *("facility", "facility_low", "facility_high"),
    *("discrimination", "discrimination_low", "discrimination_high"),
    *("timed_answers", "mean_seconds", "warnings"),
)
ANSWER_COLUMNS = (
    *("learner", "name", "learner_id", "attempt", "attempt_number", "attempt_state", "by_staff"),
    "finished_at",
    *("position", "question", "version", "response", "right", "credit", "seconds"),
)
AT_ONCE = 2000


def item_rows(figures: QuizStatistics) -> Iterator[Row]:
    """A line for each question; shares are fractions, and intervals those of 95 %."""
    yield list(ITEM_COLUMNS)
    for item in figures.items:
        yield [
            *(item.question.slug, item.question.kind, item.sums.n),
            *(item.question.difficulty, item.measured_level, str(item.fit)),
            *(item.sums.facility, *(item.facility_interval or (None, None))),
            *(item.discrimination, *(item.discrimination_interval or (None, None))),
            *(item.sums.timed, item.sums.mean_seconds, " ".join(item.warnings)),
        ]


def answer_rows(quiz: Quiz, *, with_staff: bool) -> Iterator[Row]:
    """A line for each answer in attempts that have ended, void ones included, oldest first.

    Staff's attempts are left out unless they are asked for; then they are marked.
    """
    yield list(ANSWER_COLUMNS)
    ended = Answer.objects.filter(attempt__quiz=quiz).exclude(attempt__state=Attempt.State.OPEN)
    if not with_staff:
        ended = ended.filter(attempt__by_staff=False)
    texts = _texts(ended)
    rows = ended.order_by("attempt__finished_at", "attempt", "position").values_list(
        *("attempt__learner__user__username", "attempt__learner__user__name"),
        *("attempt__learner", "attempt"),
        *("attempt__number", "attempt__state", "attempt__by_staff", "attempt__finished_at"),
        *("position", "version__question__slug", "version__number"),
        *("version", "response", "correct", "credit", "seconds"),
    )
    for *about, version, response, correct, credit, seconds in rows.iterator(AT_ONCE):
        username, name, learner, attempt, number, state, by_staff, finished_at, *question = about
        ended_at = finished_at.isoformat() if finished_at else None
        yield [
            *(
                username or "guest",
                name or "",
                str(learner),
                str(attempt),
                number,
                state,
                by_staff,
                ended_at,
            ),
            *question,
            "; ".join(texts[version].get(part, part) for part in response),
            *(correct, credit, seconds),
        ]


def _texts(answers: QuerySet[Answer]) -> Mapping[int, Mapping[str, str]]:
    """What each option says in plain words, by version and by its id."""
    # Not by the topic: a question may have been moved to another one since it was asked.
    versions = QuestionVersion.objects.filter(pk__in=answers.values("version"))
    return {version.pk: _options(version.facts) for version in versions}


def _options(facts: QuestionFacts) -> dict[str, str]:
    return {choice.id: plain(choice.html) for choice in facts.choices}
