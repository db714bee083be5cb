"""A topic that is taken back while somebody takes its test."""

import pytest

from authoring.models import State
from lessons.models import Topic
from quizzes import services
from tests.factories import client_of, make_learner, make_question, make_topic, quiz

pytestmark = pytest.mark.django_db


def test_an_open_test_can_still_be_opened_from_ones_own_list() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner = make_learner()
    attempt = services.start(quiz(topic, "test"), learner)
    Topic.objects.filter(pk=topic.pk).update(state=State.DRAFT)
    client = client_of(learner)
    address = attempt.get_absolute_url()
    assert address in client.get("/me/attempts/").content.decode()
    assert client.get(address, follow=True).status_code == 200
