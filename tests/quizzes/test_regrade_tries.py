"""A corrected key never forgets what further tries have cost, nor counts one attempt twice."""

from typing import Any

import pytest

from quizzes import services
from quizzes.models import Attempt, Question, Quiz, ScoreChange
from quizzes.progress_queries import progress_of
from quizzes.publishing import publish
from quizzes.queries import attempt_page, attempts_of
from quizzes.regrading import affected
from quizzes.verdicts import verdict_on
from tests.factories import (
    answers,
    correct_the_key,
    keyed,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    mistaken,
    quiz,
    regrade,
)

pytestmark = pytest.mark.django_db


def practice(**settings: Any) -> tuple[Question, Quiz]:
    topic = make_topic("gradients")
    question = make_question(topic)
    Quiz.objects.filter(topic=topic, kind=Quiz.Kind.PRACTICE).update(**settings)
    return question, quiz(topic, "practice")


def republish(question: Question) -> None:
    """The same key with a mended sentence."""
    Question.objects.filter(pk=question.pk).update(stem="A typing error is mended.")
    question.refresh_from_db()
    publish(question)
    question.refresh_from_db()


def test_regrading_keeps_what_the_tries_cost() -> None:
    question, interactive = practice(behaviour="interactive", tries=3)
    attempt = services.start(interactive, make_learner())
    (answer,) = answers(attempt)
    services.check(attempt, 1, mistaken(answer))
    services.check(attempt, 1, keyed(answer))
    services.finish(attempt, {})
    before = Attempt.objects.get(pk=attempt.pk).score
    assert before == pytest.approx(2 / 3)
    republish(question)
    assert affected(question) == [], "the key is the same: nothing changes"
    regrade(question, 2, "A mended sentence.", make_teacher())
    assert Attempt.objects.get(pk=attempt.pk).score == before


def test_regrading_an_attempt_that_asks_a_question_twice_is_one_score_change() -> None:
    question, mastery = practice(behaviour="mastery", mastery_right=2, mastery_of=2)
    attempt = services.start(mastery, make_learner())
    for number in (1, 2):
        services.check(attempt, number, keyed(answers(attempt)[number - 1]))
    services.finish(attempt, {})
    correct_the_key(question)
    found = {(item.before, item.after) for item in affected(question)}
    assert found == {(2, 0)}, "the preview tells the score that the attempt will have"
    regrade(question, 2, "The key was wrong.", make_teacher())
    assert Attempt.objects.get(pk=attempt.pk).score == 0
    assert ScoreChange.objects.filter(attempt=attempt).count() == 1


def test_a_verdict_counts_the_difficulties_that_were_asked() -> None:
    """What was seen stays pinned: a corrected key must not make a hard question an easy one."""
    topic = make_topic("gradients")
    levels = ["easy"] * 4 + ["medium"] * 3 + ["hard"] * 3
    questions = [make_question(topic, difficulty=level) for level in levels]
    learner = make_learner()
    attempt = services.start(quiz(topic, "test"), learner)
    wrong = questions[-1]
    responses = {
        answer.position: mistaken(answer) if answer.version.question == wrong else keyed(answer)
        for answer in answers(attempt)
    }
    services.finish(attempt, responses)
    Question.objects.filter(pk=wrong.pk).update(difficulty="easy")
    wrong.refresh_from_db()
    correct_the_key(wrong)
    assert regrade(wrong, 2, "The key was wrong.", make_teacher()) == 1
    attempt = Attempt.objects.select_related("quiz__topic").get(pk=attempt.pk)
    told = verdict_on(attempt_page(attempt))
    progress = progress_of(learner, list(attempts_of(learner))).topics[0].test.verdict
    assert told is not None
    assert progress is not None
    assert (told.hard, told.hard_right) == (progress.hard, progress.hard_right)
