"""Results to judge, made without a database."""

from dataclasses import replace

from lessons.models import Topic
from quizzes.models import Attempt, Quiz
from quizzes.queries import QuizPage
from quizzes.reviewing import Review
from quizzes.showing import ShownQuestion, show, withheld
from tests.quizzes.facts import FACTS, KEY, ORDER
from training_jobs.models import Experiment

EASY, HARD = "easy", "hard"
UNMARKED = Review(marks=False, answer=False, explanation=False)


def asked(number: int, level: str, credit: float | None, *tags: str) -> ShownQuestion:
    """A locked question as a page shows it, with this credit; None where its marks are withheld.

    Tags are given as an author writes them.
    """
    facts = replace(FACTS, difficulty=level, tags=tags)
    question = show(facts, number, ORDER, KEY, credit == 1, credit)
    return question if credit is not None else withheld(question, UNMARKED)


def page_of(
    questions: list[ShownQuestion],
    kind: Quiz.Kind = Quiz.Kind.TEST,
    state: Attempt.State = Attempt.State.FINISHED,
) -> QuizPage:
    experiment = Experiment(slug="gradients-run", title="Small")
    topic = Topic(slug="gradients", title="Gradients", experiment=experiment)
    return QuizPage(topic, Attempt(quiz=Quiz(topic=topic, kind=kind), state=state), questions)
