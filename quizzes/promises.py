"""What a page says of a quiz before it is begun: sentences that its settings make true. Pure."""

from dataclasses import dataclass

from quizzes.models import Quiz


@dataclass(frozen=True)
class Promises:
    """The sentences for a topic's practice and for its test."""

    practice: str
    test: str


def promises_of(practice: Quiz, test: Quiz, length: int) -> Promises:
    """Those of a topic whose test asks `length` questions."""
    return Promises(practice_words(practice), words_of_test(test, length))


def practice_words(quiz: Quiz) -> str:
    """What becomes of each answer in a practice set."""
    told = quiz.review_during
    if quiz.behaviour == Quiz.Behaviour.INTERACTIVE:
        tries = f"Each question may be tried up to {quiz.tries} times"
        until = ", and is explained when it is right or no try is left"
        return f"{tries}{until if 'explanation' in told else ''}."
    words = {"marks": "checked", "explanation": "explained"}
    if done := [word for part, word in words.items() if part in told]:
        return f"Each answer is {' and '.join(done)} at once."
    if "answer" in told:
        return "The right answer is shown after each of yours."
    return "Each answer counts as it is given; nothing is shown before the end."


def words_of_test(quiz: Quiz, length: int) -> str:
    """What a test asks, and when it answers."""
    if not length:
        return "No question of this topic is published yet, so there is nothing to be tested on."
    asked = f"{length} question{'s' * (length != 1)} on one page"
    order = ", in an order shuffled for you" if quiz.shuffle_questions else ""
    return f"{asked}{order}. Nothing is checked until you finish."


def words_of_result(quiz: Quiz) -> str:
    """What the result of a test shows right after its end, besides the run."""
    words = {"marks": "your score by difficulty", "explanation": "every answer explained"}
    shown = [word for part, word in words.items() if part in quiz.review_after]
    return f"Then you see {' and '.join(shown)}." if shown else ""
