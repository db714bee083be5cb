"""An attempt that was set aside while it was open tells nothing that explains its questions."""

import pytest

from quizzes import lifecycle, services
from tests.factories import client_of, make_learner, make_question, make_teacher, make_topic, quiz

pytestmark = pytest.mark.django_db
CANARY = "canary-watch-91"


def result_of_open_test_that_was_voided() -> str:
    topic = make_topic("gradients")
    make_question(topic, watch=CANARY)
    learner = make_learner()
    attempt = services.start(quiz(topic, "test"), learner)
    lifecycle.void(attempt, "The room was noisy.", make_teacher())
    return client_of(learner).get(f"{attempt.get_absolute_url()}result/").content.decode()


def test_what_to_watch_in_the_run_is_not_told_of_an_answer_that_was_never_locked() -> None:
    assert CANARY not in result_of_open_test_that_was_voided()


def test_the_result_of_a_void_test_has_nothing_to_fill_in_and_calls_nothing_graded() -> None:
    text = result_of_open_test_that_was_voided()
    assert 'type="radio"' not in text
    assert "Your answers are kept and graded" not in text
