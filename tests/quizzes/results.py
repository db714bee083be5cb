"""Results to judge, made without a database."""

from lessons.models import Topic
from quizzes.models import Attempt, Quiz
from quizzes.queries import QuizPage
from quizzes.showing import ShownQuestion
from training_jobs.models import Experiment

EASY, HARD = "easy", "hard"


def asked(number: int, level: str, credit: float | None, *tags: str) -> ShownQuestion:
    """A locked question with this credit; None where the quiz does not show it."""
    return ShownQuestion(
        number=number,
        stem="",
        hint="",
        difficulty=level,
        watch="",
        kind="single",
        tags=tags,
        unit="",
        rule="",
        choices=(),
        typed="",
        correct=None if credit is None else credit == 1,
        credit=credit,
        right_number=None,
        explanation=None,
        is_locked=True,
    )


def page_of(
    questions: list[ShownQuestion],
    kind: Quiz.Kind = Quiz.Kind.TEST,
    state: Attempt.State = Attempt.State.FINISHED,
) -> QuizPage:
    experiment = Experiment(slug="gradients-run", title="Small")
    topic = Topic(slug="gradients", title="Gradients", experiment=experiment)
    return QuizPage(topic, Attempt(quiz=Quiz(topic=topic, kind=kind), state=state), questions)
