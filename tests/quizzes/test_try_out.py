"""A teacher tries a quiz out: the attempt is marked, and no figure about learners counts it."""

import csv
import io
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.learners import learner_claimed
from accounts.models import Learner
from lessons.models import Topic
from quizzes import services
from quizzes.item_statistics import item_in, item_statistics
from quizzes.models import Answer, Attempt, Question
from quizzes.statistics import QuizStatistics, quiz_statistics
from tests.factories import (
    answers,
    client_of,
    make_learner,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
)
from tests.quizzes.cohort import answered

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2, inline=1)


def tried(topic: Topic, learner: Learner, kind: str = "practice") -> Attempt:
    """The learner's finished attempt, all of it wrong, a minute on each question."""
    attempt = services.start(quiz(topic, kind), learner)
    its_own = answers(attempt)
    for answer in its_own:
        Answer.objects.filter(pk=answer.pk).update(seconds=60)
    if kind == "inline":
        services.check(attempt, 1, mistaken(its_own[0]))
    else:
        services.finish(attempt, {answer.position: mistaken(answer) for answer in its_own})
    return Attempt.objects.get(pk=attempt.pk)


def figures(topic: Topic, kind: str, *, first_only: bool) -> QuizStatistics:
    return quiz_statistics(quiz(topic, kind), first_only=first_only)


@pytest.mark.parametrize("kind", ["inline", "practice", "test"])
@pytest.mark.parametrize("first_only", [True, False])
def test_no_statistics_count_a_try_out(topic: Topic, kind: str, first_only: bool) -> None:
    tried(topic, make_learner(make_teacher()), kind)
    assert figures(topic, kind, first_only=first_only).attempts == 0
    tried(topic, make_learner(make_user("ada")), kind)
    told = figures(topic, kind, first_only=first_only)
    assert (told.attempts, told.tried_out) == (1, 1)
    assert {item.sums.n for item in told.items} == {1}
    question = told.items[0].question
    item = item_statistics(question, quiz(topic, kind), first_only=first_only)
    assert item.item.sums.n == 1
    assert item.times is not None
    assert item.times.timed == 1
    assert sum(option.n for option in item.options) == 1


def test_measured_difficulty_is_that_of_learners(topic: Topic) -> None:
    tried(topic, make_learner(make_teacher()), "test")
    question = Question.objects.filter(topic=topic)[0]
    assert item_in(quiz(topic, "test"), question).sums.n == 0
    page = client_of(make_teacher("emmy")).get(f"/admin/quizzes/question/{question.pk}/change/")
    assert "Nobody has answered it in a finished test yet." in page.content.decode()


def test_whoever_joins_or_leaves_the_staff_later_changes_no_mark(topic: Topic) -> None:
    ada = make_user("ada")
    learner = make_learner(ada)
    before = tried(topic, learner)
    ada.is_staff = True
    ada.save()
    as_staff = tried(topic, Learner.objects.get(pk=learner.pk))
    ada.is_staff = False
    ada.save()
    after = tried(topic, Learner.objects.get(pk=learner.pk))
    marks = [Attempt.objects.get(pk=one.pk).by_staff for one in (before, as_staff, after)]
    assert marks == [False, True, False]
    assert figures(topic, "practice", first_only=False).attempts == 2


def test_the_mark_is_set_on_the_way_that_browsers_take(topic: Topic) -> None:
    teacher, student = client_of(make_teacher()), client_of(make_user("ada"))
    for client in (teacher, student, Client()):
        client.post(f"/learn/{topic.slug}/test/")
    marks = {str(one.learner): one.by_staff for one in Attempt.objects.all()}
    assert [marks.pop("grace"), marks.pop("ada"), *marks.values()] == [True, False, False]


def test_what_a_teacher_tried_out_before_signing_in_is_marked_when_taken_over(topic: Topic) -> None:
    for member, mark in ((make_teacher(), True), (make_user("ada"), False)):
        guest = make_learner()
        attempt = tried(topic, guest)
        assert not attempt.by_staff
        learner_claimed.send(Learner, guest=guest, member=make_learner(member))
        attempt.refresh_from_db()
        assert attempt.by_staff is mark


def test_attempts_from_before_the_mark_are_marked(topic: Topic) -> None:
    by_teacher, by_student = (
        tried(topic, make_learner(who)) for who in (make_teacher(), make_user("ada"))
    )
    Attempt.objects.update(by_staff=False)
    import_module("quizzes.migrations.0009_attempts_of_staff").mark_attempts(apps, None)
    by_teacher.refresh_from_db()
    by_student.refresh_from_db()
    assert (by_teacher.by_staff, by_student.by_staff) == (True, False)


def rows(client: Client, address: str) -> list[dict[str, str]]:
    response: Any = client.get(address)
    sent = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))


def test_files_leave_try_outs_out_unless_they_are_asked_for(topic: Topic) -> None:
    teacher = make_teacher()
    tried(topic, make_learner(teacher))
    answered(topic, [[1, 0]])
    page, client = f"/admin/quizzes/quiz/{quiz(topic).pk}/statistics/", client_of(teacher)
    assert "1 attempt by staff" in " ".join(client.get(page).content.decode().split())
    assert {row["answers"] for row in rows(client, f"{page}questions.csv?attempts=all")} == {"1"}
    told = rows(client, f"{page}answers.csv")
    assert {(row["learner"], row["by_staff"]) for row in told} == {("guest", "False")}
    told = rows(client, f"{page}answers.csv?staff=included")
    marks = {(row["learner"], row["by_staff"]) for row in told}
    assert marks == {("guest", "False"), ("grace", "True")}


def test_the_admins_lists_show_and_filter_the_mark(topic: Topic) -> None:
    teacher = make_teacher()
    tried(topic, make_learner(teacher))
    tried(topic, make_learner(make_user("ada")))
    client = client_of(teacher)
    assert "tried out by staff" in client.get("/admin/quizzes/attempt/").content.decode().lower()
    for model, field in (("attempt", "by_staff"), ("answer", "attempt__by_staff")):
        page = client.get(f"/admin/quizzes/{model}/?{field}__exact=0").content.decode()
        table = page.partition('id="result_list"')[2].partition("</table>")[0]
        assert "ada" in table
        assert "grace" not in table
