"""Options that are signs alone are read as they were written, wherever they are shown."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes import services
from quizzes.models import Attempt, Question
from tests.factories import (
    client_of,
    keyed,
    make_learner,
    make_teacher,
    make_topic,
    make_user,
    quiz,
)
from tests.quizzes.authoring import ADD, Option, question_form

pytestmark = pytest.mark.django_db
SIGNS = ["+", "-", "*", "> 0.5", "0.5", "1.", "# x", "&nbsp;", "<b>", "__init__", "| a | b |"]


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


@pytest.fixture
def topic(teacher: Client) -> Topic:
    """Its one question is written by a teacher: which sign multiplies?"""
    topic = make_topic()
    options: list[Option] = [(sign, sign == "*", "" if sign == "*" else "1. No.") for sign in SIGNS]
    form = question_form(topic, options, position="1", quick_check="> 2")
    assert teacher.post(ADD, form).status_code == 302
    return topic


def finished(topic: Topic) -> Attempt:
    attempt = services.start(quiz(topic), make_learner(make_user()))
    (answer,) = attempt.answers.all()
    services.finish(attempt, {1: keyed(answer)})
    return attempt


def seen(page: str, pattern: str) -> list[str]:
    return [unescape(text).strip() for text in re.findall(pattern, page, re.DOTALL)]


def test_a_learner_reads_every_sign(topic: Topic) -> None:
    page = Client().get(f"/learn/{topic.slug}/practice/1/").content.decode()
    assert sorted(seen(page, r'class="choice-text"[^>]*>(.*?)</span>')) == sorted(SIGNS)


def test_the_files_and_the_statistics_say_the_same(teacher: Client, topic: Topic) -> None:
    attempt = finished(topic)
    page = f"/admin/quizzes/quiz/{attempt.quiz_id}/statistics/"
    sheet = teacher.get(f"{page}answers.csv").getvalue().decode()
    (row,) = csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff")))
    assert row["response"] == "*"
    (question,) = Question.objects.all()
    item = teacher.get(f"{page}{question.pk}/").content.decode()
    assert seen(item, r'class="taken"[^>]*>(.*?)</th>') == SIGNS
    (told,) = client_of(attempt.learner).get("/me/data/").json()["attempts"]
    assert told["questions"][0]["answer"] == ["*"]
    assert told["questions"][0]["question"] == "What moves while a network trains?"


def test_the_preview_shows_what_a_learner_reads(teacher: Client, topic: Topic) -> None:
    (question,) = Question.objects.filter(topic=topic)
    page = teacher.get(f"/admin/quizzes/question/{question.pk}/preview/").content.decode()
    assert seen(page, r'<span class="choice-text"[^>]*>(.*?)</span>') == SIGNS
    assert "<p>&gt; 2</p>" in page
