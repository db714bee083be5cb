"""What the learner's open tests ask is explained nowhere else, and no hint to it is given."""

from dataclasses import replace

from accounts.models import Learner
from quizzes.card_queries import open_questions
from quizzes.queries import QuizPage
from quizzes.showing import ShownQuestion


def without_hints(page: QuizPage, learner: Learner | None) -> QuizPage:
    """The page of a practice set or inline quiz, without hints to what an open test asks."""
    if learner is None:
        return page
    tested = set(open_questions(learner).values_list("version__question", flat=True))
    questions = [_hintless(it) if it.question_id in tested else it for it in page.questions]
    return replace(page, questions=questions)


def _hintless(question: ShownQuestion) -> ShownQuestion:
    return replace(question, hint="", hint_withheld=bool(question.hint))
