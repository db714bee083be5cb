"""Authors who publish and withdraw at the same time: together they break no rule either."""

from typing import Any

import pytest

from authoring import admin_saving
from authoring.models import Authored, State
from authoring.publication import Lack, worsened
from lessons.models import Lesson, Topic
from quizzes import content
from quizzes.models import Question
from tests.authoring.pages import opened, save
from tests.factories import client_of, make_experiment, make_lesson, make_topic, make_user
from tests.faults.meeting import Meeting
from training_jobs.models import Experiment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """The first who saves is kept between the weighing and the writing."""
    meeting = Meeting()

    def weighed_slowly(row: Authored) -> list[Lack]:
        found = worsened(row)
        if not meeting.reached.is_set():
            meeting.pause()
        return found

    monkeypatch.setattr(admin_saving, "worsened", weighed_slowly)
    return meeting


class Author:
    """Has opened the page of a row, and sends it when told to."""

    def __init__(self, name: str, row: Authored) -> None:
        self._client = client_of(make_user(name, is_staff=True, is_superuser=True))
        self._page = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/"
        self._form = opened(self._client, f"{self._page}change/")
        self.answer: Any = None

    def saves(self, **changes: str) -> None:
        self.answer = save(self._client, f"{self._page}change/", self._form, **changes)

    def deletes(self) -> None:
        self.answer = self._client.post(
            f"{self._page}delete/", {"post": "yes", "revision": self._form["revision"]}
        )

    @property
    def told(self) -> str:
        return " ".join(self.answer.content.decode().split())


def published(topic: Topic) -> int:
    return topic.questions.filter(state=State.PUBLISHED).count()


def test_two_questions_that_are_withdrawn_at_once_leave_a_whole_test(meeting: Meeting) -> None:
    topic = make_topic("gradients", bank=11)
    first, second = topic.questions.all()[:2]
    ada, eve = Author("ada", first), Author("eve", second)
    meeting.meet(lambda: ada.saves(state="draft"), lambda: eve.saves(state="draft"))
    assert published(topic) == 10
    assert (ada.answer.status_code, eve.answer.status_code) == (302, 200)
    assert "asks 10 questions, and 9 would be left" in eve.told


def test_a_question_taken_out_of_the_files_meanwhile_is_kept(meeting: Meeting) -> None:
    topic = make_topic("gradients", bank=11)
    first, second = topic.questions.all()[:2]
    ada = Author("ada", first)
    meeting.meet(lambda: ada.saves(state="draft"), lambda: content.withdraw([second]))
    assert published(topic) == 10


def test_an_experiment_is_not_withdrawn_while_a_lesson_that_shows_it_is_published(
    meeting: Meeting,
) -> None:
    lesson = make_lesson(make_topic("gradients"), state=State.DRAFT, source="[[run shown]]")
    ada, eve = Author("ada", lesson), Author("eve", make_experiment("shown"))
    meeting.meet(lambda: ada.saves(state="published"), lambda: eve.saves(state="draft"))
    assert Lesson.objects.get().is_published
    assert Experiment.objects.get(slug="shown").is_published
    assert "shows shown: take it out of the lesson" in eve.told


def test_an_experiment_is_not_deleted_while_a_lesson_that_shows_it_is_published(
    meeting: Meeting,
) -> None:
    lesson = make_lesson(make_topic("gradients"), state=State.DRAFT, source="[[run shown]]")
    ada, eve = Author("ada", lesson), Author("eve", make_experiment("shown"))
    meeting.meet(lambda: ada.saves(state="published"), eve.deletes)
    assert Experiment.objects.filter(slug="shown").exists()
    assert eve.answer.status_code == 409


def test_a_lesson_is_not_published_with_an_experiment_that_is_withdrawn_meanwhile(
    meeting: Meeting,
) -> None:
    lesson = make_lesson(make_topic("gradients"), state=State.DRAFT, source="[[run shown]]")
    ada, eve = Author("ada", make_experiment("shown")), Author("eve", lesson)
    meeting.meet(lambda: ada.saves(state="draft"), lambda: eve.saves(state="published"))
    assert not Experiment.objects.get(slug="shown").is_published
    assert not Lesson.objects.get().is_published
    assert "there is no published experiment shown" in eve.told


def test_the_last_two_topics_of_a_track_are_not_withdrawn_at_once(meeting: Meeting) -> None:
    topics = make_topic("first", practice=1), make_topic("second", practice=1)
    ada, eve = Author("ada", topics[0]), Author("eve", topics[1])
    meeting.meet(lambda: ada.saves(state="draft"), lambda: eve.saves(state="draft"))
    assert Topic.objects.filter(state=State.PUBLISHED).count() == 1
    assert "the last published topic" in eve.told


def test_a_deletion_and_a_save_of_one_question_do_not_wait_for_each_other(
    meeting: Meeting,
) -> None:
    topic = make_topic("gradients", bank=11)
    question = topic.questions.all()[0]
    ada, eve = Author("ada", question), Author("eve", question)
    meeting.meet(lambda: ada.saves(state="draft"), eve.deletes)
    assert ada.answer.status_code == 302
    assert eve.answer.status_code == 409
    assert Question.objects.filter(pk=question.pk).exists()
