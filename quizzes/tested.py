"""What the learner's open tests ask is explained nowhere else, and no hint to it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from accounts.models import Learner
from quizzes.queries import QuizPage, open_questions
from quizzes.reviewing import Review
from quizzes.showing import ShownQuestion, withheld

NOTHING = Review(marks=False, answer=False, explanation=False)


def tested_questions(learner: Learner) -> dict[int, UUID]:
    """The keys of the questions that the learner's open tests ask, each with its attempt's."""
    return dict(open_questions(learner).values_list("version__question", "attempt"))


def withheld_from(page: QuizPage, learner: Learner | None) -> QuizPage:
    """The page without hints to what the learner's open tests ask, and without its answers."""
    if learner is None:
        return page
    return replace(page, questions=withheld_in(page.questions, tested_questions(learner)))


def withheld_in(
    questions: Sequence[ShownQuestion], tested: Mapping[int, UUID]
) -> list[ShownQuestion]:
    """The same for these questions."""
    return [_withheld(it, tested.get(it.question_id)) for it in questions]


def _withheld(question: ShownQuestion, attempt: UUID | None) -> ShownQuestion:
    if attempt is None:
        return question
    return replace(withheld(question, NOTHING), hint="", tested_in=attempt)
