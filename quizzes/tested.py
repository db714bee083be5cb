"""What a learner's open tests ask is explained nowhere else, and no hint to it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from accounts.learners import Person
from quizzes.queries import QuizPage, open_questions
from quizzes.reviewing import Review
from quizzes.showing import ShownQuestion, withheld, without_response

NOTHING = Review(marks=False, answer=False, explanation=False)


def tested_questions(whose: Person) -> dict[int, UUID]:
    """The keys of the questions that their open tests ask, each with its attempt's."""
    return dict(open_questions(whose).values_list("version__question", "attempt"))


def withheld_from(page: QuizPage, whose: Person) -> QuizPage:
    """The page without hints to what their open tests ask, and without its answers."""
    return replace(page, questions=withheld_in(page.questions, tested_questions(whose)))


def withheld_in(
    questions: Sequence[ShownQuestion], tested: Mapping[int, UUID]
) -> list[ShownQuestion]:
    """The same for these questions."""
    return [_withheld(it, tested.get(it.question_id)) for it in questions]


def _withheld(question: ShownQuestion, attempt: UUID | None) -> ShownQuestion:
    if attempt is None:
        return question
    is_graded = question.is_locked or question.tries_left > 0
    question = replace(withheld(question, NOTHING), hint="", tested_in=attempt)
    # With a full score, what was chosen is what is right; what was tried before is not.
    return without_response(question) if is_graded else question
