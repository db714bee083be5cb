"""What the learner's open tests ask is explained nowhere else, and no hint to it is given."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from accounts.models import Learner
from quizzes.queries import QuizPage, open_questions
from quizzes.reviewing import Review
from quizzes.showing import ShownQuestion, withheld

NOTHING = Review(marks=False, answer=False, explanation=False)


def tested_questions(learner: Learner) -> frozenset[int]:
    """The keys of the questions that the learner's open tests ask."""
    return frozenset(open_questions(learner.pk).values_list("version__question", flat=True))


def withheld_from(page: QuizPage, learner: Learner | None) -> QuizPage:
    """The page without hints to what the learner's open tests ask, and without its answers."""
    if learner is None:
        return page
    return replace(page, questions=withheld_in(page.questions, tested_questions(learner)))


def withheld_in(questions: Sequence[ShownQuestion], tested: Collection[int]) -> list[ShownQuestion]:
    """The same for these questions."""
    return [_unexplained(it) if it.question_id in tested else it for it in questions]


def _unexplained(question: ShownQuestion) -> ShownQuestion:
    hidden = replace(withheld(question, NOTHING), hint="", hint_withheld=bool(question.hint))
    return replace(hidden, is_tested=True)
