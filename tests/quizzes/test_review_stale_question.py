"""A question is published anew while it stands on a review page: what was seen is what counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quizzes import services
from quizzes.models import Card, Question, Recall
from quizzes.publishing import publish
from tests.factories import (
    client_of,
    make_learner,
    make_numeric,
    make_topic,
    quiz,
)

pytestmark = pytest.mark.django_db


def test_an_answer_to_an_older_text_is_not_graded_by_a_newer_one() -> None:
    topic = make_topic("gradients")
    question = make_numeric(topic, value=160.0, stem="How many updates in ten epochs?")
    learner = make_learner()
    attempt = services.start(quiz(topic), learner)
    services.check(attempt, 1, ["1"])
    Recall.objects.update(at=timezone.now() - timedelta(days=2))
    Card.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    card = Card.objects.get(learner=learner)
    client, address = client_of(learner), f"/me/review/{card.pk}/"
    assert "ten epochs" in client.get(address).content.decode()
    Question.objects.filter(pk=question.pk).update(stem="And in twenty epochs?", value=320.0)
    question.refresh_from_db()
    answered = {"choice": "160", "seq": str(card.seq), "version": str(question.version_id)}
    publish(question)
    said = client.post(address, answered)
    assert said.status_code == 422
    assert "This question has been changed" in said.content.decode()
    assert "And in twenty epochs?" in said.content.decode()
    assert not Recall.objects.filter(card=card, version__isnull=False).exists()
