"""What cannot be deleted says so on a page of its own: why, and what to do instead."""

from html import unescape
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from lessons.admin import TrackAdmin
from lessons.models import Topic, Track
from quizzes import services
from quizzes.models import Attempt, Question
from tests.authoring.pages import opened
from tests.factories import (
    client_of,
    make_experiment,
    make_learner,
    make_lesson,
    make_question,
    make_run,
    make_teacher,
    make_topic,
    make_user,
    quiz,
)
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db

# The model, and what its page says: why it stays, and what to do.
KEPT: list[tuple[type[Model], str, str]] = [
    (Track, "Topics belong to it: “Gradients”", "Move them to another track first"),
    (Topic, "Questions of it have been published", "set its state to draft"),
    (Question, "It has been published", "set its state to draft"),
    (Experiment, "Runs belong to it", "set its state to draft"),
    (User, "Tests and practice of this person are kept", "take away “Active”"),
]


@pytest.fixture
def root() -> Client:
    return client_of(make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture(autouse=True)
def topic() -> Topic:
    """A topic that a learner has worked through."""
    topic = make_topic("gradients", practice=2, bank=10)
    make_lesson(topic, source="Text.")
    learner = make_learner(make_user("ada"))
    services.finish(services.start(quiz(topic), learner), {})
    make_run(topic, learner)
    return topic


def address(row: Model) -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_delete"
    return reverse(name, args=[row.pk])


def text_of(response: object) -> str:
    return " ".join(unescape(response.content.decode()).split())  # type: ignore[attr-defined]


def counts() -> dict[str, int]:
    models: list[type[Model]] = [Attempt, Run, *(model for model, *_ in KEPT)]
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.mark.parametrize(
    ("model", "why", "remedy"), KEPT, ids=lambda it: getattr(it, "__name__", "")
)
def test_a_refused_deletion_says_why_and_what_to_do(
    root: Client, model: type[Model], why: str, remedy: str
) -> None:
    row = model._default_manager.order_by("pk")[0]
    if model is User:
        row = User.objects.get(username="ada")
    before = counts()
    refused = 403 if model is Question else 409  # the page of a question offers no deletion then
    answers = root.get(address(row)), root.post(address(row), {"post": "yes"})
    assert answers[1].status_code == refused
    for answer in answers:
        said = text_of(answer)
        assert why in said
        assert remedy in said
        assert "permission" not in said
    assert counts() == before


def test_a_published_row_is_weighed_as_if_it_were_withdrawn(root: Client, topic: Topic) -> None:
    said = text_of(root.get(address(topic)))
    assert "the last published topic of the published track “Foundations”" in said
    said = text_of(root.get(address(topic.experiment)))
    assert "The published topic “Gradients” trains this experiment" in said
    assert "The topic “Gradients” trains it" not in said


def test_what_is_joined_while_it_is_deleted_keeps_it(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at what would go along and the deletion, a topic moves into the track."""
    empty = Track.objects.create(slug="empty", title="Empty", summary="Nothing yet.")
    form, looked = opened(root, address(empty)), TrackAdmin.get_deleted_objects

    def meanwhile(self: TrackAdmin, *args: Any) -> Any:
        found = looked(self, *args)
        Topic.objects.update(track=empty)
        return found

    monkeypatch.setattr(TrackAdmin, "get_deleted_objects", meanwhile)
    answer = root.post(address(empty), form)
    Topic.objects.update(track=Track.objects.get(slug="foundations"))
    assert answer.status_code == 409
    assert "It is needed by Gradients: delete or change these first." in text_of(answer)
    assert Track.objects.filter(pk=empty.pk).exists()


def test_who_may_not_delete_is_told_nothing_else(topic: Topic) -> None:
    teacher = client_of(make_teacher("grace"))
    for row in (topic, topic.experiment, topic.track):
        answer = teacher.post(address(row), {"post": "yes"})
        assert answer.status_code == 403
        assert "Not deleted" not in text_of(answer)


def test_what_nobody_needs_can_go(root: Client, topic: Topic) -> None:
    rows: list[Model] = [
        Track.objects.create(slug="empty", title="Empty", summary="Nothing yet."),
        make_experiment("unused"),
        make_question(topic, publish=False),
        make_user("eve"),
        topic.lessons.get(),
    ]
    for row in rows:
        answer = root.post(address(row), opened(root, address(row)))
        assert answer.status_code == 302, row
        assert not type(row)._default_manager.filter(pk=row.pk).exists()


def test_accounts_are_not_deleted_by_the_hundred(root: Client) -> None:
    page = root.get("/admin/accounts/user/").content.decode()
    assert "reset_second_step" in page
    assert "delete_selected" not in page
