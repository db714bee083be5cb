"""Where marks are not shown, no page gives a number of right answers, least of all a false one."""

from typing import Any

import pytest

from quizzes import services
from quizzes.models import Quiz
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_question,
    make_topic,
    quiz,
)

pytestmark = pytest.mark.django_db


def body_of_right_answer(kind: str, address: str, **settings: Any) -> str:
    topic = make_topic("gradients")
    make_question(topic, use=kind)
    make_lesson(topic)
    Quiz.objects.filter(topic=topic, kind=kind).update(
        review_during=[], review_after=[], review_later=[], **settings
    )
    learner = make_learner()
    attempt = services.start(quiz(topic, kind), learner)
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    return client_of(learner).get(address).content.decode()


def test_practice_does_not_call_hidden_marks_wrong() -> None:
    text = body_of_right_answer("practice", "/learn/gradients/practice/1/")
    assert "0 of them right" not in text


def test_mastery_does_not_call_hidden_marks_wrong() -> None:
    text = body_of_right_answer(
        "practice",
        "/learn/gradients/practice/1/",
        behaviour="mastery",
        mastery_right=1,
        mastery_of=1,
    )
    assert "0 of your last 1 answers are right" not in text


def test_an_inline_quiz_does_not_call_hidden_marks_wrong() -> None:
    text = body_of_right_answer("inline", "/learn/gradients/experiment/")
    assert "<strong>0 of 1</strong> right" not in text
