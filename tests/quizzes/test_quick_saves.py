"""A save writes what has changed, and a long test takes no more queries than a short one."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import saving, services
from tests.factories import (
    HTMX,
    answers,
    client_of,
    keyed,
    make_learner,
    make_topic,
    mistaken,
    quiz,
)

pytestmark = pytest.mark.django_db


def queries_of_a_save(length: int) -> tuple[int, int]:
    """How many queries saving and finishing a test of this length takes, each for one change."""
    attempt = services.start(quiz(make_topic(practice=length), "test"), make_learner())
    client = client_of(attempt.learner)
    sheet: dict[str, Any] = {f"choice-{a.position}": keyed(a) for a in answers(attempt)}
    client.post(attempt.get_absolute_url(), sheet | {"seq": "1"}, headers=HTMX)
    sheet["choice-1"] = mistaken(answers(attempt)[0])
    with CaptureQueriesContext(connection) as saving:
        client.post(attempt.get_absolute_url(), sheet | {"seq": "2"}, headers=HTMX)
    with CaptureQueriesContext(connection) as finishing:
        client.post(f"{attempt.get_absolute_url()}finish/", sheet | {"seq": "3"})
    return len(saving), len(finishing)


def test_neither_grows_with_the_number_of_questions() -> None:
    queries_of_a_save(2)  # whatever is asked once in a process
    short, long = queries_of_a_save(2), queries_of_a_save(9)
    assert short[0] == long[0]
    assert long[1] <= short[1] + 1, "one update more where there is a wrong answer among right ones"


def test_an_unchanged_answer_keeps_the_moment_when_it_was_given() -> None:
    attempt = services.start(quiz(make_topic(practice=2), "test"), make_learner())
    first, second = answers(attempt)
    saving.save(attempt, {1: keyed(first)}, seq=1)
    given = answers(attempt)[0].answered_at
    saving.save(attempt, {1: keyed(first), 2: keyed(second)}, seq=2)
    first, second = answers(attempt)
    assert first.answered_at == given
    assert (first.seq, second.seq) == (2, 2), "and yet an older save cannot come after"
    assert saving.save(attempt, {1: [first.order[-1], first.order[0]]}, seq=1) == [1]
