"""A teacher sees a question as students will: open, answered wrong, and answered right."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes.models import Question
from tests.factories import (
    client_of,
    make_multiple,
    make_numeric,
    make_question,
    make_teacher,
    make_topic,
    make_true_false,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=5)


def preview(question: Question) -> str:
    return f"/admin/quizzes/question/{question.pk}/preview/"


def test_the_preview_shows_it_before_and_after_the_answer(teacher: Client, topic: Topic) -> None:
    question = make_question(topic, publish=False, stem="Is **this** right? <script>x</script>")
    page = teacher.get(preview(question)).content.decode()
    assert page.count("Is <strong>this</strong> right?") == 3
    assert "<script>x" not in page
    before, wrong, right = page.split("Is <strong>this</strong> right?")[1:]
    assert "First this, then that." not in before
    for after in (wrong, right):
        assert "First this, then that." in after
    assert "Whoever takes 1" in wrong
    assert "Whoever takes 1" not in right


def test_the_preview_tells_what_a_draft_lacks(teacher: Client, topic: Topic) -> None:
    question = make_question(topic, right=-1, publish=False)
    page = teacher.get(preview(question)).content.decode()
    assert "Mark exactly one option as right" in page


def test_the_preview_of_an_empty_draft_opens(teacher: Client, topic: Topic) -> None:
    question = make_question(topic, options=0, publish=False)
    assert teacher.get(preview(question)).status_code == 200
    assert teacher.get("/admin/quizzes/question/999999/preview/").status_code == 404


def test_the_preview_is_for_authors_alone(topic: Topic) -> None:
    address = preview(Question.objects.all()[0])
    staff_without_a_role = make_user("bob", is_staff=True)
    for person in (Client(), client_of(make_user()), client_of(staff_without_a_role)):
        response = person.get(address, follow=True)
        assert "First this, then that." not in response.content.decode()


@pytest.mark.parametrize("make", [make_multiple, make_numeric, make_true_false])
def test_every_kind_has_a_preview(
    teacher: Client, topic: Topic, make: Callable[..., Question]
) -> None:
    question = make(topic, position=7)
    page = teacher.get(preview(question)).content.decode()
    before, wrong, right = re.split("After a wrong answer|After the right answer", page)
    assert "First this, then that." not in before
    assert re.search(r"Not right|Partly right", wrong)
    assert not re.search(r"Not right|Partly right", right)


@pytest.mark.parametrize("kind", Question.Kind.values)
@pytest.mark.parametrize("credit", Question.Credit.values)
def test_the_preview_of_an_empty_draft_of_any_kind_opens(
    teacher: Client, topic: Topic, kind: str, credit: str
) -> None:
    question = make_question(topic, options=0, publish=False, kind=kind, credit=credit)
    address = preview(question)
    assert teacher.get(address).status_code == 200
    question.choices.create(text="wrong", mistake="m")
    response = teacher.get(address)
    assert response.status_code == 200
    assert "After the right answer" not in response.content.decode(), "nobody has said what it is"
