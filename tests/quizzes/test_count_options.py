"""Who took an option is counted over all answers, in whatever order their boxes stood."""

import random
from itertools import permutations

import pytest

from quizzes import services
from quizzes.item_statistics import item_statistics
from quizzes.models import Answer, Attempt, Question, Quiz
from quizzes.publishing import publish
from quizzes.statistics import QuizStatistics, quiz_statistics
from tests.factories import answers as answers_of
from tests.factories import keyed, make_learner, make_question, make_topic, mistaken, quiz

pytestmark = pytest.mark.django_db


def test_all_takers_of_an_option_are_counted() -> None:
    """Six options have 720 orders; some of them are posted as their pages have shown them."""
    topic = make_topic("gradients")
    question = make_question(topic, kind="multiple", options=6, publish=False)
    question.choices.filter(position__lte=5).update(correct=True, mistake="")
    publish(question)
    idents = [choice.ident for choice in question.choices.all()]
    test = quiz(topic, "test")
    random.seed(1)
    orders = random.sample(list(permutations(idents)), 60)
    for order in orders:
        attempt = services.start(test, make_learner())
        Answer.objects.filter(attempt=attempt).update(order=list(order))
        services.finish(attempt, {1: list(order)})
    question.refresh_from_db()
    figures = item_statistics(question, test, first_only=True)
    assert [option.n for option in figures.options] == [60] * 6


def begun_with(quiz_: Quiz, question: Question) -> Attempt:
    """An attempt of a new learner that happens to begin with this question."""
    while True:
        attempt = services.start(quiz_, make_learner())
        if answers_of(attempt)[0].version.question_id == question.pk:
            return attempt
        attempt.delete()


def test_attempts_that_asked_differently_have_no_alpha_however_the_counts_fall() -> None:
    """One asks the first question twice and the second once, the other only the second."""
    topic = make_topic("gradients")
    first, second = (make_question(topic, position=position) for position in (1, 2))
    Quiz.objects.filter(topic=topic, kind="practice").update(
        behaviour="mastery", mastery_right=1, mastery_of=1
    )
    long = begun_with(quiz(topic), first)
    for number in (1, 2):
        services.check(long, number, mistaken(answers_of(long)[number - 1]))
    short = begun_with(quiz(topic), second)
    services.check(short, 1, keyed(answers_of(short)[0]))
    for attempt in (long, short):
        services.finish(attempt, {})
    figures = quiz_statistics(quiz(topic), first_only=True)
    assert [item.sums.n for item in figures.items] == [2, 2]
    assert figures.alpha is None


def test_a_score_that_rounding_leaves_a_hair_short_is_in_its_own_bar() -> None:
    """0.7, 0.2 and 0.1 add up to one but for rounding."""
    figures = QuizStatistics(Quiz(), True, [], [(0.7 + 0.2 + 0.1, 1)])
    assert [score_bin.attempts for score_bin in figures.score_bins] == [0, 1]
