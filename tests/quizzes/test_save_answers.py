"""Saving what is chosen in a test, before it is finished."""

import pytest

from quizzes import saving, services
from quizzes.kinds import BadResponse
from quizzes.models import Answer, Attempt
from quizzes.queries import next_seq
from tests.factories import answers, client_of, keyed, make_learner, make_topic, mistaken, quiz

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    return services.start(quiz(make_topic(practice=3), "test"), make_learner())


def responses(attempt: Attempt) -> list[list[str]]:
    return [answer.response for answer in answers(attempt)]


def test_it_keeps_what_was_chosen(attempt: Attempt) -> None:
    first, _, third = answers(attempt)
    assert saving.save(attempt, {1: keyed(first), 3: mistaken(third)}, seq=1) == []
    assert responses(attempt) == [keyed(first), [], mistaken(third)]
    assert set(Answer.objects.values_list("correct", flat=True)) == {None}


@pytest.mark.parametrize("late", [1, 2])
def test_a_late_save_changes_nothing(attempt: Attempt, late: int) -> None:
    first = answers(attempt)[0]
    saving.save(attempt, {1: keyed(first)}, seq=2)
    assert saving.save(attempt, {1: mistaken(first)}, seq=late) == [1]
    assert responses(attempt)[0] == keyed(first)


def test_saves_out_of_order_leave_the_newest(attempt: Attempt) -> None:
    first, second, _ = answers(attempt)
    saving.save(attempt, {1: keyed(first)}, seq=5)
    saving.save(attempt, {1: mistaken(first), 2: keyed(second)}, seq=3)
    assert responses(attempt)[:2] == [keyed(first), keyed(second)]


def test_the_next_number_is_above_every_one_used(attempt: Attempt) -> None:
    assert next_seq(attempt.pk) == 1
    saving.save(attempt, {2: keyed(answers(attempt)[1])}, seq=7)
    assert next_seq(attempt.pk) == 8


def test_an_option_of_another_question_is_refused_and_the_others_are_kept(
    attempt: Attempt,
) -> None:
    first, _, third = answers(attempt)
    posted = {1: keyed(first), 2: keyed(first), 3: keyed(third)}
    with pytest.raises(BadResponse, match="Question 2"):
        saving.save(attempt, posted, seq=1)
    assert responses(attempt) == [keyed(first), [], keyed(third)]
    assert [answer.seq for answer in answers(attempt)] == [1, 0, 1]


def test_a_number_that_no_page_counts_up_to_is_refused(attempt: Attempt) -> None:
    with pytest.raises(BadResponse, match="out of sync"):
        saving.save(attempt, {1: keyed(answers(attempt)[0])}, seq=saving.MOST_SAVES)
    assert responses(attempt) == [[], [], []]


def test_a_question_that_is_not_asked_is_ignored(attempt: Attempt) -> None:
    assert saving.save(attempt, {9: ["ffffff"]}, seq=1) == []


def test_a_finished_attempt_keeps_nothing_more(attempt: Attempt) -> None:
    services.finish(attempt, {})
    assert saving.save(attempt, {1: keyed(answers(attempt)[0])}, seq=9) == [1]
    assert responses(attempt) == [[], [], []]


def test_a_save_that_was_overtaken_says_so(attempt: Attempt) -> None:
    client = client_of(attempt.learner)
    first = answers(attempt)[0]
    saving.save(attempt, {1: keyed(first)}, seq=3)
    response = client.post(
        f"/attempts/{attempt.id}/",
        {"seq": "1", "choice-1": mistaken(first)},
        headers={"HX-Request": "true"},
    )
    assert response.status_code == 409
    assert "another tab" in response.content.decode()
    assert responses(attempt)[0] == keyed(first)


def test_finishing_from_a_stale_page_leaves_what_was_saved_later(attempt: Attempt) -> None:
    first, second, _ = answers(attempt)
    saving.save(attempt, {1: keyed(first)}, seq=7)
    services.finish(attempt, {1: mistaken(first), 2: keyed(second)}, seq=2)
    assert [answer.correct for answer in answers(attempt)] == [True, True, False]
