"""Statistics count each learner's first attempt that is not void, as their page says."""

import pytest

from accounts.learners import learner_claimed
from accounts.models import Learner
from quizzes import lifecycle, services
from quizzes.models import Attempt
from quizzes.statistics import quiz_statistics
from tests.factories import make_learner, make_question, make_teacher, make_topic, make_user, quiz

pytestmark = pytest.mark.django_db


def test_who_has_a_void_first_attempt_is_counted_by_the_next() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner, attempts = make_learner(), []
    for _ in range(2):
        attempt = services.start(quiz(topic, "test"), learner)
        services.finish(attempt, {})
        attempts.append(attempt)
    lifecycle.void(attempts[0], "The room was noisy.", make_teacher())
    assert quiz_statistics(quiz(topic, "test"), first_only=True).attempts == 1


def test_numbers_of_attempts_that_count_are_not_given_twice() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner = make_learner()
    for number in range(3):
        attempt = services.start(quiz(topic, "test"), learner)
        services.finish(attempt, {})
        if number == 1:
            first = Attempt.objects.get(number=1)
            lifecycle.void(first, "The room was noisy.", make_teacher())
    counted = Attempt.objects.exclude(state="void").values_list("number", flat=True)
    assert sorted(counted) == [1, 2]


def test_a_guests_first_attempt_counts_after_a_member_whose_own_is_void() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    member, guest = make_learner(make_user()), make_learner()
    own = services.start(quiz(topic, "test"), member)
    lifecycle.void(own, "The room was noisy.", make_teacher())
    services.finish(services.start(quiz(topic, "test"), guest), {})
    learner_claimed.send(Learner, guest=guest, member=member)
    assert quiz_statistics(quiz(topic, "test"), first_only=True).attempts == 1
