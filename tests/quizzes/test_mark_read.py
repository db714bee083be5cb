"""A lesson is read when its learner says so, or has answered the questions inside it."""

import pytest
from django.test import Client

from accounts.models import Learner
from lessons.models import Lesson, Topic
from quizzes.models import LessonRead, Question
from tests.factories import (
    HTMX,
    client_of,
    make_learner,
    make_lesson,
    make_teacher,
    make_topic,
    right_choice,
)

pytestmark = pytest.mark.django_db
READ = "/learn/gradients/experiment/read/"
CHECK, PAGE = "/learn/gradients/experiment/check/", "/learn/gradients/experiment/"


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", inline=2)


@pytest.fixture
def lesson(topic: Topic) -> Lesson:
    return make_lesson(topic)


def test_a_learner_marks_it_and_finds_it_marked(lesson: Lesson) -> None:
    learner = make_learner()
    client = client_of(learner)
    assert "Mark as read" in client.get(PAGE).content.decode()
    assert client.post(READ)["Location"] == f"{PAGE}#read"
    page = client.get(PAGE).content.decode()
    assert "You have read this lesson" in page
    assert "Mark as read" not in page
    assert "1 of 1 read" in client.get("/me/").content.decode()


def test_twice_is_harmless(lesson: Lesson) -> None:
    client = client_of(make_learner())
    for _ in range(2):
        client.post(READ)
    assert LessonRead.objects.count() == 1


def test_looking_marks_nothing_and_makes_nobody(lesson: Lesson) -> None:
    Client().get(PAGE)
    assert not Learner.objects.exists()
    assert Client().get(READ).status_code == 405
    client_of(make_learner()).get(PAGE)
    assert not LessonRead.objects.exists()


def test_a_guest_becomes_a_learner_by_it(lesson: Lesson) -> None:
    guest = Client()
    guest.post(READ)
    assert LessonRead.objects.get().learner.is_guest
    assert "You have read" in guest.get(PAGE).content.decode()
    assert "You have read" not in client_of(make_learner()).get(PAGE).content.decode()


def test_with_htmx_the_button_gives_way_to_the_words(lesson: Lesson) -> None:
    answer = client_of(make_learner()).post(READ, headers=HTMX).content.decode()
    assert answer.strip().startswith('<div class="mark-read" id="read"')
    assert "You have read this lesson" in answer


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_last_answer_inside_it_marks_it(lesson: Lesson, headers: dict[str, str]) -> None:
    client = client_of(make_learner())
    for number, question in enumerate(Question.objects.order_by("position"), start=1):
        assert not LessonRead.objects.exists()
        posted = {"question": str(number), "choice": right_choice(question)}
        page = client.post(CHECK, posted, headers=headers, follow=True).content.decode()
    assert LessonRead.objects.get().lesson == lesson
    assert "You have read this lesson" in page
    assert page.count('id="read"') == 1


def test_a_lesson_that_is_not_there_is_not_read(lesson: Lesson) -> None:
    Lesson.objects.update(state="draft")
    client = client_of(make_learner())
    assert client.post(READ).status_code == 404
    assert client.post("/learn/gradients/code/read/").status_code == 404
    assert client_of(make_teacher()).post(READ).status_code == 302, "authors read drafts"
