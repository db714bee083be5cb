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
