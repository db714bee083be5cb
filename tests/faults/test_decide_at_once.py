"""Decisions that meet: on PostgreSQL neither sees what the other has not committed yet."""

from typing import Any

import pytest
from django.db import transaction
from django.http import Http404

from accounts.learners import learner_claimed
from accounts.models import Learner
from lessons.models import Topic
from quizzes import cards, lifecycle, queries, services, taking_over
from quizzes.models import Answer, Attempt, Quiz
from quizzes.personal_data import forget
from tests.factories import (
    answers,
    correct_the_key,
    keyed,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    make_user,
    quiz,
    regrade,
)
from tests.faults.meeting import Meeting
from training_jobs import quotas
from training_jobs.models import Run
from training_jobs.services import request_run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    topic = make_topic("gradients")
    for position in (1, 2):
        make_question(topic, position=position)
    return topic


def test_two_keys_that_are_corrected_at_once_leave_the_sum_of_the_credits_as_score(
    topic: Topic,
) -> None:
    attempt = services.start(quiz(topic, "test"), make_learner())
    services.finish(attempt, {answer.position: keyed(answer) for answer in answers(attempt)})
    first, second = topic.questions.order_by("position")
    correct_the_key(first)
    correct_the_key(second)
    grace, emmy, meeting = make_teacher("grace"), make_teacher("emmy"), Meeting()

    def one() -> None:
        with transaction.atomic():
            regrade(first, 2, "The key was wrong.", grace)
            meeting.pause()

    meeting.meet(one, lambda: regrade(second, 2, "This one, too.", emmy))
    credit = sum(answer.credit or 0.0 for answer in Answer.objects.filter(attempt=attempt))
    assert Attempt.objects.get(pk=attempt.pk).score == credit == 0


def test_no_more_attempts_are_begun_than_are_allowed(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    Quiz.objects.filter(topic=topic, kind="test").update(attempts_allowed=1)
    learner, meeting, real = make_learner(), Meeting(), queries.attempts_left

    def counted_slowly(of: Quiz, by: Learner | None) -> int | None:
        left = real(of, by)
        if not meeting.reached.is_set():
            meeting.pause()
        return left

    monkeypatch.setattr(services, "attempts_left", counted_slowly)

    def other() -> None:
        services.finish(services.start(quiz(topic, "test"), learner), {})

    meeting.meet(lambda: services.start(quiz(topic, "test"), learner), other)
    assert Attempt.objects.filter(learner=learner).count() == 1


def test_a_claim_and_a_start_at_once_end_without_an_error(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest, member = make_learner(), make_learner(make_user())
    services.start(quiz(topic, "test"), guest)
    meeting, real = Meeting(), taking_over._move_attempts

    def moved_slowly(of: Learner, to: Learner) -> None:
        meeting.pause()
        real(of, to)

    monkeypatch.setattr(taking_over, "_move_attempts", moved_slowly)

    def claim() -> None:
        with transaction.atomic():
            learner_claimed.send(Learner, guest=guest, member=member)

    meeting.meet(claim, lambda: services.start(quiz(topic, "test"), member))
    assert Attempt.objects.filter(learner=member, state="open").count() == 1


def test_an_attempt_begun_while_the_first_is_declared_void_is_the_first(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, meeting, real = make_learner(), Meeting(), cards.forget_attempt
    voided = services.start(quiz(topic, "test"), learner)
    services.finish(voided, {})

    def forgotten_slowly(attempt: Attempt) -> None:
        meeting.pause()
        real(attempt)

    monkeypatch.setattr(cards, "forget_attempt", forgotten_slowly)
    grace = make_teacher("grace")
    meeting.meet(
        lambda: lifecycle.void(voided, "The room was noisy.", grace),
        lambda: services.start(quiz(topic, "test"), learner),
    )
    assert Attempt.objects.get(learner=learner, state="open").number == 1


def test_everything_is_deleted_although_an_attempt_is_just_finished(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, meeting, real = make_learner(), Meeting(), lifecycle.close
    attempt = services.start(quiz(topic, "test"), learner)

    def closed_slowly(one: Attempt, *, timed_out: bool = False) -> bool:
        meeting.pause()
        return real(one, timed_out=timed_out)

    monkeypatch.setattr(lifecycle, "close", closed_slowly)
    meeting.meet(
        lambda: services.finish(attempt, {}),
        lambda: forget(Learner.objects.get(pk=learner.pk)),
    )
    assert not Learner.objects.exists()
    assert not Run.objects.exists()


def test_a_start_while_everything_is_deleted_is_told_in_words(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, meeting, real = make_learner(), Meeting(), queries.attempts_left

    def counted_slowly(of: Quiz, by: Learner | None) -> int | None:
        meeting.pause()
        return real(of, by)

    monkeypatch.setattr(services, "attempts_left", counted_slowly)

    def begin() -> str:
        try:
            services.start(quiz(topic, "test"), learner)
        except Attempt.DoesNotExist as error:
            return repr(error)
        except Http404:
            return ""
        return ""

    assert meeting.meet(begin, lambda: forget(Learner.objects.get(pk=learner.pk))) == ""


def test_a_double_click_beside_another_run_gives_one_run_and_no_refusal(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second click must not count the first one's run against the learner."""
    learner, meeting, real = make_learner(), Meeting(), quotas.check_quota
    active = request_run(topic.experiment, learner, key="another")

    def counted_slowly(of: Learner, *how_many: Any) -> None:
        real(of, *how_many)
        if not meeting.reached.is_set():
            meeting.pause()

    monkeypatch.setattr(quotas, "check_quota", counted_slowly)
    made: list[Run] = []

    def click() -> None:
        made.append(request_run(topic.experiment, learner, key="double"))

    meeting.meet(click, click)
    first, again = made
    assert first == again != active
    assert Run.objects.filter(learner=learner).count() == 2
