"""Checking one answer locks it."""

import pytest

from quizzes import saving, services
from quizzes.kinds import BadResponse
from quizzes.models import Attempt
from tests.factories import answers, keyed, make_learner, make_topic, mistaken, quiz
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


def started(kind: str = "practice", questions: int = 2) -> Attempt:
    topic = make_topic(practice=questions, inline=questions)
    return services.start(quiz(topic, kind), make_learner())


def test_the_key_is_right_and_anything_else_is_wrong() -> None:
    attempt = started()
    first, second = answers(attempt)
    services.check(attempt, 1, keyed(first))
    services.check(attempt, 2, mistaken(second))
    assert [answer.correct for answer in answers(attempt)] == [True, False]
    assert all(answer.answered_at for answer in answers(attempt))


def test_the_first_answer_counts() -> None:
    attempt = started()
    first = answers(attempt)[0]
    services.check(attempt, 1, mistaken(first))
    services.check(attempt, 1, keyed(first))
    locked = answers(attempt)[0]
    assert (locked.response, locked.correct) == (mistaken(first), False)


def test_a_checked_answer_cannot_be_saved_over() -> None:
    attempt = started("practice")
    first = answers(attempt)[0]
    services.check(attempt, 1, mistaken(first))
    saving.save(attempt, {1: keyed(first)}, seq=99)
    services.finish(attempt, {1: keyed(first)})
    locked = answers(attempt)[0]
    assert (locked.response, locked.correct) == (mistaken(first), False)


@pytest.mark.parametrize("response", [["ffffff"], ["A"], ["1"], [""]])
def test_an_unknown_option_is_refused_and_locks_nothing(response: list[str]) -> None:
    attempt = started()
    with pytest.raises(BadResponse, match="Question 1"):
        services.check(attempt, 1, response)
    assert answers(attempt)[0].correct is None


@pytest.mark.parametrize("number", [0, 3])
def test_a_question_that_is_not_asked_is_refused(number: int) -> None:
    attempt = started()
    with pytest.raises(BadResponse, match=f"There is no question {number} here"):
        services.check(attempt, number, ["ffffff"])
    assert [answer.correct for answer in answers(attempt)] == [None, None]


def test_all_options_at_once_are_no_right_answer() -> None:
    attempt = started()
    services.check(attempt, 1, answers(attempt)[0].order)
    assert answers(attempt)[0].correct is False


def test_the_inline_quiz_ends_with_its_last_answer() -> None:
    attempt = started("inline")
    first, second = answers(attempt)
    services.check(attempt, 2, keyed(second))
    attempt.refresh_from_db()
    assert attempt.is_open
    services.check(attempt, 1, mistaken(first))
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.run) == ("finished", 1, None)
    assert attempt.finished_at is not None
    assert not Run.objects.exists()


def test_a_practice_set_waits_for_its_finish() -> None:
    attempt = started()
    for answer in answers(attempt):
        services.check(attempt, answer.position, keyed(answer))
    attempt.refresh_from_db()
    assert attempt.is_open


def test_a_finished_attempt_is_checked_no_more() -> None:
    attempt = started()
    services.finish(attempt, {})
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    assert answers(attempt)[0].correct is False
