"""Starting an attempt: one open attempt per quiz and learner, whatever happens."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Learner
from quizzes import services
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import answers, make_learner, make_topic, quiz
from tests.patience import LAST_RESORT


@pytest.mark.django_db
def test_it_freezes_the_questions_and_their_order() -> None:
    topic = make_topic(practice=3)
    attempt = services.start(quiz(topic), make_learner())
    assert attempt.is_open
    frozen = answers(attempt)
    assert [answer.position for answer in frozen] == [1, 2, 3]
    assert all(len(answer.order) == 4 for answer in frozen)
    assert [(answer.response, answer.correct) for answer in frozen] == [([], None)] * 3


@pytest.mark.django_db
def test_a_second_start_gives_the_same_attempt() -> None:
    topic, learner = make_topic(practice=2), make_learner()
    assert services.start(quiz(topic), learner) == services.start(quiz(topic), learner)
    assert Answer.objects.count() == 2


@pytest.mark.django_db
def test_each_quiz_and_each_learner_has_an_attempt_of_its_own() -> None:
    topic, learner = make_topic(practice=1, inline=1), make_learner()
    attempts = {services.start(quiz(topic, kind), learner) for kind in Quiz.Kind}
    attempts.add(services.start(quiz(topic), make_learner()))
    assert len(attempts) == 4


@pytest.mark.django_db
def test_after_a_finished_attempt_a_new_one_begins() -> None:
    topic, learner = make_topic(practice=1), make_learner()
    first = services.start(quiz(topic), learner)
    services.finish(first, {})
    assert services.start(quiz(topic), learner) != first


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Quiz.Kind)
def test_a_quiz_without_questions_cannot_be_begun(kind: str) -> None:
    with pytest.raises(services.NothingToAsk):
        services.start(quiz(make_topic(), kind), make_learner())
    assert not Attempt.objects.exists()


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_open_attempt() -> None:
    topic, learner = make_topic(practice=1), make_learner()
    services.start(quiz(topic), learner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(quiz=quiz(topic), learner=learner)


@pytest.mark.django_db(transaction=True)
def test_many_tabs_start_at_once_and_share_one_attempt() -> None:
    topic, learner = make_topic(practice=3), make_learner()
    practice, gate = quiz(topic), Barrier(6)

    def start(_: int) -> object:
        mine = Learner.objects.get(pk=learner.pk)
        gate.wait(LAST_RESORT)
        try:
            return services.start(practice, mine).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as tabs:
        started = set(tabs.map(start, range(6)))
    assert started == {Attempt.objects.get().pk}
    assert Answer.objects.count() == 3
