"""An attempt's states: what moves them, the clock that ends one, a teacher who declares it void."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from lessons.models import Topic
from quizzes import lifecycle, saving, services
from quizzes.models import Attempt, Quiz
from tests.authoring.pages import fields, opened
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
)
from training_jobs.models import Run
from training_jobs.sweeping import sweep_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=3)
    Quiz.objects.filter(topic=topic, kind="test").update(time_limit=20)
    return topic


@pytest.fixture
def attempt(topic: Topic) -> Attempt:
    return services.start(quiz(topic, "test"), make_learner())


def let_the_time_pass(attempt: Attempt) -> None:
    """As if it had been started so long ago that its time is up since a second."""
    over = timezone.now() - timedelta(seconds=1)
    Attempt.objects.filter(id=attempt.id).update(expires_at=over)
    attempt.refresh_from_db()


def fresh(attempt: Attempt) -> Attempt:
    return Attempt.objects.get(id=attempt.id)


def test_a_test_with_a_limit_expires_by_the_databases_clock(attempt: Attempt) -> None:
    attempt.refresh_from_db()
    assert attempt.expires_at is not None
    left = attempt.expires_at - timezone.now()
    assert timedelta(minutes=19) < left <= timedelta(minutes=20)
    assert not lifecycle.is_overdue(attempt)


def test_practice_has_no_limit(topic: Topic) -> None:
    Quiz.objects.filter(topic=topic).update(time_limit=20)
    practice = services.start(quiz(topic, "practice"), make_learner())
    assert fresh(practice).expires_at is None


def test_when_the_time_is_up_what_was_saved_counts_and_what_comes_late_does_not(
    attempt: Attempt,
) -> None:
    first, second, _ = answers(attempt)
    assert saving.save(attempt, {1: keyed(first)}, seq=1) == []
    let_the_time_pass(attempt)
    assert saving.save(attempt, {2: keyed(second)}, seq=2) == [2]
    services.finish(attempt, {2: keyed(second)}, seq=3)
    ended = fresh(attempt)
    assert (ended.state, ended.score, ended.timed_out) == ("finished", 1, True)
    assert ended.run is not None
    assert [answer.correct for answer in answers(attempt)] == [True, False, False]


@pytest.mark.parametrize("page", ["", "result/"])
def test_a_late_look_finishes_it(attempt: Attempt, page: str) -> None:
    let_the_time_pass(attempt)
    client = client_of(attempt.learner)
    response = client.get(f"{attempt.get_absolute_url()}{page}", follow=True)
    assert response.status_code == 200
    assert "Time ran out" in response.content.decode()
    assert fresh(attempt).timed_out


def test_the_sweep_finishes_what_was_left(attempt: Attempt) -> None:
    saving.save(attempt, {1: keyed(answers(attempt)[0])}, seq=1)
    sweep_once()
    assert fresh(attempt).is_open
    let_the_time_pass(attempt)
    sweep_once()
    sweep_once()
    assert (fresh(attempt).state, fresh(attempt).score) == ("finished", 1)
    assert Run.objects.filter(learner=attempt.learner).count() == 1


def test_starting_after_the_time_is_up_begins_anew(topic: Topic, attempt: Attempt) -> None:
    let_the_time_pass(attempt)
    again = services.start(quiz(topic, "test"), attempt.learner)
    assert again.id != attempt.id
    assert fresh(attempt).state == "finished"


def test_a_finish_in_time_is_not_ended_by_the_clock(attempt: Attempt) -> None:
    services.finish(attempt, {})
    ended = fresh(attempt)
    assert not ended.timed_out
    let_the_time_pass(ended)
    assert not services.finish_overdue(ended)
    assert not fresh(ended).timed_out


@pytest.mark.parametrize("finished", [False, True])
def test_a_void_attempt_keeps_its_answers_and_is_never_opened_again(
    attempt: Attempt, finished: bool
) -> None:
    first, *_ = answers(attempt)
    saving.save(attempt, {1: keyed(first)}, seq=1)
    if finished:
        services.finish(attempt, {})
    assert lifecycle.void(attempt, "The room was noisy.", make_teacher())
    assert not lifecycle.void(attempt, "Again.", make_teacher("emmy"))
    saving.save(attempt, {1: mistaken(first)}, seq=9)
    services.finish(attempt, {})
    assert not lifecycle.close(attempt)
    ended = fresh(attempt)
    assert (ended.state, ended.void_reason) == ("void", "The room was noisy.")
    assert answers(attempt)[0].response == keyed(first)


def test_only_the_drawn_transitions_exist(attempt: Attempt) -> None:
    states = set(Attempt.State)
    assert set(lifecycle.TRANSITIONS) == states
    for source in states:
        for target in states - lifecycle.TRANSITIONS[source]:
            with pytest.raises(ValueError, match="never goes"):
                lifecycle._move(attempt, source, target)


def void_page(attempt: Attempt) -> str:
    return f"/admin/quizzes/attempt/{attempt.pk}/void/"


def test_a_teacher_declares_it_void_with_a_reason_that_the_learner_reads(attempt: Attempt) -> None:
    services.finish(attempt, {})
    teacher = client_of(make_teacher())
    assert (
        void_page(attempt)
        in teacher.get(f"/admin/quizzes/attempt/{attempt.pk}/change/").content.decode()
    )
    form = opened(teacher, void_page(attempt))
    unreasoned = teacher.post(void_page(attempt), form | {"reason": [" "]})
    assert "Write a reason: without one nothing is changed." in unreasoned.content.decode()
    assert fresh(attempt).state == "finished"
    teacher.post(void_page(attempt), form | {"reason": ["The key was on the wall."]})
    history = teacher.get(f"/admin/quizzes/attempt/{attempt.pk}/history/").content.decode()
    assert "Declared void. Reason: The key was on the wall." in history
    page = client_of(attempt.learner).get(f"{attempt.get_absolute_url()}result/").content.decode()
    assert "declared this attempt void" in page
    assert "The key was on the wall." in page
    assert "void" in client_of(attempt.learner).get("/me/").content.decode()


@pytest.mark.parametrize(("someone", "status"), [(None, 302), ("student", 302), ("staff", 403)])
def test_nobody_else_can(attempt: Attempt, someone: str | None, status: int) -> None:
    client = client_of(make_user(is_staff=someone == "staff")) if someone else Client()
    response = client.post(void_page(attempt), {"reason": "No."})
    assert response.status_code == status
    assert status == 403 or response["Location"].startswith("/admin/login/")
    assert fresh(attempt).is_open
    assert User.objects.filter(username="ada").count() <= 1


def test_an_attempt_that_has_changed_since_it_was_shown_is_looked_at_again(
    attempt: Attempt,
) -> None:
    grace, emmy = client_of(make_teacher("grace")), client_of(make_teacher("emmy"))
    form = opened(grace, void_page(attempt)) | {"reason": ["The room was noisy."]}
    services.finish(attempt, {})
    refused = grace.post(void_page(attempt), form)
    assert refused.status_code == 409
    assert "It is now finished" in " ".join(refused.content.decode().split())
    assert fresh(attempt).state == "finished"
    form = fields(refused.content.decode())
    assert form["reason"] == ["The room was noisy."], "what was typed is not lost"
    emmy.post(void_page(attempt), opened(emmy, void_page(attempt)) | {"reason": ["Emmy's reason."]})
    late = grace.post(void_page(attempt), form)
    assert late.status_code == 409
    for words in ("Emmy&#x27;s reason.", "(emmy)", "The room was noisy."):
        assert words in late.content.decode()
    assert fresh(attempt).void_reason == "Emmy's reason."


@pytest.mark.parametrize("sent", [[], [""], ["open 1.0"]])
def test_an_attempt_that_was_not_shown_is_not_declared_void(
    attempt: Attempt, sent: list[str]
) -> None:
    teacher = client_of(make_teacher())
    form = opened(teacher, void_page(attempt)) | {"reason": ["The room was noisy."]}
    refused = teacher.post(void_page(attempt), form | {"shown": sent})
    assert refused.status_code == 409
    assert fresh(attempt).is_open
    again = fields(refused.content.decode())
    assert again["reason"] == ["The room was noisy."], "what was typed is not lost"
    teacher.post(void_page(attempt), again)
    assert fresh(attempt).state == "void"
