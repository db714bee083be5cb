"""A topic is published when its pages have something to show."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from authoring.models import State
from lessons.models import Track
from tests.factories import make_experiment, make_lesson, make_topic

pytestmark = pytest.mark.django_db


def test_a_draft_experiment_keeps_its_topic_a_draft() -> None:
    topic = make_topic()
    topic.experiment = make_experiment(state=State.DRAFT)
    with pytest.raises(ValidationError, match="publish it before this topic"):
        topic.full_clean()
    topic.state = State.DRAFT
    topic.full_clean()


def test_a_draft_experiment_keeps_its_lesson_a_draft() -> None:
    make_experiment("hidden", state=State.DRAFT)
    lesson = make_lesson(make_topic(), source="[[run hidden]]")
    with pytest.raises(ValidationError, match="no published experiment hidden"):
        lesson.full_clean()
    lesson.state = State.DRAFT
    lesson.full_clean()


def test_a_topic_of_a_draft_track_is_not_there() -> None:
    topic = make_topic()
    Track.objects.update(state=State.DRAFT)
    assert Client().get(topic.get_absolute_url()).status_code == 404


def test_a_topic_without_questions_leads_nowhere_it_cannot() -> None:
    topic = make_topic()
    page = Client().get(topic.get_absolute_url()).content.decode()
    assert f"/learn/{topic.slug}/practice/1/" not in page
    assert "No practice questions of this topic are published yet" in page
