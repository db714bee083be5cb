"""A question that a teacher moves to another topic after it was answered."""

import csv
import io

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes.models import Question
from tests.factories import client_of, make_question, make_teacher, make_topic, quiz
from tests.quizzes.cohort import answered

pytestmark = pytest.mark.django_db


def moved() -> tuple[Topic, Question]:
    topic, other = make_topic("gradients"), make_topic("losses")
    question = make_question(topic)
    answered(topic, [[1], [0]], "test")
    Question.objects.filter(pk=question.pk).update(topic=other)
    return topic, question


def base(topic: Topic) -> str:
    return f"/admin/quizzes/quiz/{quiz(topic, 'test').pk}/statistics/"


def teacher() -> Client:
    return client_of(make_teacher())


def test_who_answered_it_can_still_be_downloaded() -> None:
    topic, question = moved()
    response = teacher().get(f"{base(topic)}answers.csv")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["question"] for row in rows] == [question.slug] * 2


def test_its_figures_in_the_quiz_that_asked_it_can_still_be_read() -> None:
    topic, question = moved()
    browser = teacher()
    address = f"{base(topic)}{question.pk}/"
    assert address in browser.get(base(topic)).content.decode()
    assert browser.get(address).status_code == 200
