"""A question that is drawn once stands on each sheet as if it were drawn for it alone."""

import pytest
from django.template.loader import render_to_string

from quizzes import saving, services
from quizzes.drawn_questions import sheet_question
from quizzes.models import Attempt
from quizzes.queries import attempt_page
from quizzes.showing import ShownQuestion, answered
from tests.factories import (
    answers,
    make_learner,
    make_multiple,
    make_numeric,
    make_question,
    make_topic,
    make_true_false,
    quiz,
)

pytestmark = pytest.mark.django_db
ODD = '<b>"5" & \0four\0 \0' + "0\0"


@pytest.fixture
def attempt() -> Attempt:
    topic = make_topic()
    for make in (make_question, make_multiple, make_true_false, make_numeric):
        make(topic, use="bank")
        make(topic, use="bank", stem="Which & <i>why</i>?")
    return services.start(quiz(topic, "test"), make_learner())


def drawn_alone(question: ShownQuestion) -> str:
    number = question.number
    context = {
        "question": question,
        "place": f"question-{number}",
        "field": f"choice-{number}",
        "total": 8,
    }
    return render_to_string("quizzes/_sheet_question.html", context)


def is_the_same(question: ShownQuestion) -> bool:
    return sheet_question(question, 8).split() == drawn_alone(question).split()


def different(attempt: Attempt) -> list[int]:
    """The numbers of the questions that are not drawn as they should be."""
    questions = attempt_page(attempt).questions
    assert len(questions) == 8
    return [question.number for question in questions if not is_the_same(question)]


def test_it_is_the_same_for_every_kind_before_and_after_an_answer(attempt: Attempt) -> None:
    assert different(attempt) == []
    given = {
        answer.position: answer.order[:1] if answer.order else ["5.5"]
        for answer in answers(attempt)
    }
    saving.save(attempt, given, 1, {1: True, 4: True}, dict.fromkeys(given, 1))
    attempt.answers.update(seconds=75)
    assert different(attempt) == []
    saving.save(attempt, {it.position: ["five"] for it in answers(attempt) if not it.order}, 2)
    assert different(attempt) == []


def test_what_somebody_typed_is_text_whatever_it_is(attempt: Attempt) -> None:
    [numeric, _] = [it for it in attempt_page(attempt).questions if not it.choices]
    typed = answered(numeric, [ODD])
    assert is_the_same(typed)
    html = sheet_question(typed, 8)
    assert "<b>" not in html
    assert "&lt;b&gt;" in html
