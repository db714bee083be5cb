"""A teacher writes lessons, topics and experiments in the admin."""

import json
from typing import Any

import pytest
from django.test import Client

from lessons.models import Lesson, Topic
from tests.factories import PLAN, client_of, make_lesson, make_teacher, make_topic
from training_jobs.models import Experiment

pytestmark = pytest.mark.django_db
LESSONS, EXPERIMENTS = "/admin/lessons/lesson/", "/admin/training_jobs/experiment/"


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", inline=1)


def lesson_form(topic: Topic, **changes: str) -> dict[str, str]:
    values = {
        "topic": str(topic.pk),
        "mode": "code",
        "title": "Write it down",
        "state": "published",
        "minutes": "8",
        "summary": "The loop in code.",
        "source": "## Code\r\n\r\n[[run gradients-run]]\r\n\r\n[[inline-quiz]]",
        "key_insight": "A loop is enough.",
    }
    return values | changes


def experiment_form(**changes: Any) -> dict[str, str]:
    values = {
        "title": "Wide",
        "slug": "wide",
        "state": "published",
        "position": "1",
        "summary": "More units.",
        "plan": json.dumps(PLAN | {"hidden_units": [128]}),
    }
    return values | changes


def test_a_lesson_is_written_and_read(teacher: Client, topic: Topic) -> None:
    assert teacher.post(f"{LESSONS}add/", lesson_form(topic)).status_code == 302
    lesson = Lesson.objects.get()
    assert lesson.edited_at is not None
    assert [block["kind"] for block in lesson.blocks] == ["prose", "run", "inline-quiz"]
    assert "Write it down" in Client().get("/learn/gradients/code/").content.decode()


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("Text.\r\n\r\n[[runs a]]", "Line 3: [[runs a]] is not a block"),
        ("[[run gone]]", "there is no published experiment gone; there are: "),
        ("::: hint Look\r\nat this", "Line 1: ::: hint is never closed"),
        ("", "This field is required."),
    ],
)
def test_a_wrong_source_is_refused_with_its_line(
    teacher: Client, topic: Topic, source: str, complaint: str
) -> None:
    response = teacher.post(f"{LESSONS}add/", lesson_form(topic, source=source))
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert not Lesson.objects.exists()


def test_a_second_lesson_in_the_same_mode_is_refused(teacher: Client, topic: Topic) -> None:
    make_lesson(topic, "code")
    page = teacher.post(f"{LESSONS}add/", lesson_form(topic)).content.decode()
    assert "already exists" in page


def test_a_draft_is_seen_on_the_site_by_its_author(teacher: Client, topic: Topic) -> None:
    teacher.post(f"{LESSONS}add/", lesson_form(topic, state="draft"))
    page = teacher.get(f"{LESSONS}{Lesson.objects.get().pk}/change/").content.decode()
    assert "View on site" in page
    assert teacher.get("/learn/gradients/code/").status_code == 200
    assert Client().get("/learn/gradients/code/").status_code == 404


def test_an_experiment_is_written_and_offered(teacher: Client) -> None:
    assert teacher.post(f"{EXPERIMENTS}add/", experiment_form()).status_code == 302
    assert Experiment.objects.get().plan["hidden_units"] == [128]
    assert "More units." in Client().get("/experiments/wide/").content.decode()


@pytest.mark.parametrize(
    ("plan", "complaint"),
    [
        (PLAN | {"learning_rate": 5}, "Learning rate 5 is outside 0.0001 to 1."),
        (PLAN | {"epochs": True}, "Epochs True is not a whole number; give one from 1 to 50."),
        (PLAN | {"depth": 3}, "Unknown field depth; a plan has activation, batch_size,"),
        ({"dataset": "tabular"}, "Missing field activation, batch_size,"),
        (PLAN | {"dataset": "../etc"}, "Dataset &#x27;../etc&#x27; is not known; choose one of"),
        (PLAN | {"hidden_units": [64] * 4}, "the units of 0 to 3 layers"),
        ([], "This field"),
        ([1, 2], "A plan is a JSON object"),
    ],
)
def test_a_wrong_plan_is_refused_in_words(teacher: Client, plan: Any, complaint: str) -> None:
    response = teacher.post(f"{EXPERIMENTS}add/", experiment_form(plan=json.dumps(plan)))
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert not Experiment.objects.exists()


@pytest.mark.parametrize(
    "plan", ["{", "NaN", '{"learning_rate": 1e309}', '{"epochs": NaN}', "\x00"]
)
def test_a_plan_that_is_no_json_is_refused(teacher: Client, plan: str) -> None:
    response = teacher.post(f"{EXPERIMENTS}add/", experiment_form(plan=plan))
    assert response.status_code == 200
    assert not Experiment.objects.exists()


def test_a_topic_can_be_changed_and_not_deleted(teacher: Client, topic: Topic) -> None:
    base = f"/admin/lessons/topic/{topic.pk}/"
    form = {
        "title": "Slopes",
        "slug": "gradients",
        "track": str(topic.track_id),
        "state": "published",
        "position": "1",
        "summary": "What slopes tell.",
        "experiment": str(topic.experiment_id),
    }
    assert teacher.post(f"{base}change/", form).status_code == 302
    topic.refresh_from_db()
    assert (topic.title, topic.edited_at is not None) == ("Slopes", True)
    assert teacher.post(f"{base}delete/", {"post": "yes"}).status_code == 403


def test_tracks_are_to_be_looked_at(teacher: Client, topic: Topic) -> None:
    base = f"/admin/lessons/track/{topic.track_id}/"
    assert teacher.get(f"{base}change/").status_code == 200
    assert teacher.post(f"{base}change/", {"title": "x"}).status_code == 403


@pytest.mark.parametrize("model", ["run", "worker"])
def test_runs_and_workers_are_to_be_looked_at(teacher: Client, model: str) -> None:
    assert teacher.get(f"/admin/training_jobs/{model}/").status_code == 200
    assert teacher.get(f"/admin/training_jobs/{model}/add/").status_code == 403
