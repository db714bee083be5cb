"""What a topic's page says of its practice set, before, within and after an attempt."""

import pytest

from quizzes import services
from tests.factories import answers, client_of, keyed, make_learner, make_topic, quiz

pytestmark = pytest.mark.django_db


def test_a_finished_practice_set_is_told_as_answered() -> None:
    topic, learner = make_topic("gradients", practice=2), make_learner()
    client = client_of(learner)
    attempt = services.start(quiz(topic), learner)
    assert "0 of 2 answered" in client.get("/learn/gradients/").content.decode()
    told = {answer.position: keyed(answer) for answer in answers(attempt)}
    services.finish(attempt, told, seed=1, prediction=None)
    page = client.get("/learn/gradients/").content.decode()
    assert "2 of 2 answered" in page
    assert "Practise again" in page


def test_a_set_that_was_finished_is_told_where_it_would_begin_anew() -> None:
    topic, learner = make_topic("gradients", practice=2), make_learner()
    client, page = client_of(learner), "/learn/gradients/practice/2/"
    assert "finished this set before" not in client.get(page).content.decode()
    attempt = services.start(quiz(topic), learner)
    assert "finished this set before" not in client.get(page).content.decode()
    services.finish(attempt, {})
    told = client.get(page).content.decode()
    assert "You finished this set before" in told
    assert f'href="/attempts/{attempt.pk}/result/"' in told
    services.start(quiz(topic), learner)
    assert "finished this set before" not in client.get(page).content.decode()
