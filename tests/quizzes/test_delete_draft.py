"""A draft that was never published can be deleted; what students have seen cannot."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from lessons.models import Topic
from quizzes.models import Choice, Question, QuestionVersion
from quizzes.publishing import discard, publish
from tests.factories import (
    client_of,
    make_question,
    make_teacher,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/quizzes/question/"


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=1)


@pytest.fixture
def draft(topic: Topic) -> Question:
    return make_question(topic, publish=False, slug="a-draft", position=6)


def delete(client: Client, question: Question) -> int:
    return client.post(f"{LIST}{question.pk}/delete/", {"post": "yes"}).status_code


def test_a_teacher_deletes_a_draft_with_its_options(draft: Question) -> None:
    teacher = client_of(make_teacher())
    assert "deletelink" in teacher.get(f"{LIST}{draft.pk}/change/").content.decode()
    assert delete(teacher, draft) == 302
    assert not Question.objects.filter(slug="a-draft").exists()
    assert not Choice.objects.filter(question_id=draft.pk).exists()
    assert teacher.post(f"{LIST}{draft.pk}/delete/", {"post": "yes"}).status_code == 302


def make_root() -> User:
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.mark.parametrize("make_person", [make_teacher, make_root])
def test_what_was_published_stays_whoever_asks(
    topic: Topic, make_person: Callable[[], User]
) -> None:
    question = Question.objects.get(topic=topic)
    Question.objects.update(state="draft")  # withdrawn, but students have seen it
    person = client_of(make_person())
    assert "deletelink" not in person.get(f"{LIST}{question.pk}/change/").content.decode()
    assert delete(person, question) == 403
    person.post(
        LIST, {"action": "delete_selected", "_selected_action": str(question.pk), "post": "yes"}
    )
    assert Question.objects.filter(pk=question.pk).exists()
    assert QuestionVersion.objects.filter(question=question).exists()


def test_one_that_was_published_meanwhile_stays(draft: Question) -> None:
    publish(Question.objects.get(pk=draft.pk))
    assert discard(draft) is False
    assert Question.objects.filter(pk=draft.pk).exists()


def test_outsiders_delete_nothing(draft: Question) -> None:
    for person in (Client(), client_of(make_user())):
        assert delete(person, draft) == 302  # to the sign-in
    assert delete(client_of(make_user("bob", is_staff=True)), draft) == 403
    assert Question.objects.filter(pk=draft.pk).exists()
