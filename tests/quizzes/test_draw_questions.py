"""Which questions an attempt asks, and in which order."""

import pytest

from quizzes.drawing import drawn
from quizzes.models import Question
from quizzes.queries import TEST_LENGTH
from quizzes.showing import settled_order
from tests.factories import make_topic, quiz

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "asked"), [("practice", 3), ("inline", 2), ("test", 6)])
def test_each_quiz_asks_its_own_questions(kind: str, asked: int) -> None:
    topic = make_topic(practice=3, inline=2, bank=1)
    make_topic(practice=2)
    versions = [version for version, _ in drawn(quiz(topic, kind))]
    assert len({version.pk for version in versions}) == asked
    assert {version.question.topic for version in versions} == {topic}
    if kind != "test":
        assert {version.question.use for version in versions} == {kind}


def test_practice_keeps_the_authors_order() -> None:
    topic = make_topic(practice=3)
    Question.objects.filter(position=1).update(position=9)
    positions = [version.question.position for version, _ in drawn(quiz(topic))]
    assert positions == [2, 3, 9]


def test_practice_options_stand_in_the_same_order_for_all() -> None:
    topic = make_topic(practice=1)
    ((version, order),) = drawn(quiz(topic))
    assert order == settled_order(version) == drawn(quiz(topic))[0][1]
    assert sorted(order) == sorted(choice.id for choice in version.facts.choices)


def test_the_key_does_not_always_stand_first() -> None:
    topic = make_topic(practice=12)
    firsts = [
        version.facts.choice(order[0]) == version.facts.choices[0]
        for version, order in drawn(quiz(topic))
    ]
    assert not all(firsts)


def test_a_test_asks_ten_of_a_larger_bank() -> None:
    topic = make_topic(practice=TEST_LENGTH, bank=3)
    versions = [version.pk for version, _ in drawn(quiz(topic, "test"))]
    assert len(versions) == len(set(versions)) == TEST_LENGTH


def test_two_tests_differ_in_their_order() -> None:
    topic = make_topic(practice=10)
    orders = {tuple(version.pk for version, _ in drawn(quiz(topic, "test"))) for _ in range(5)}
    assert len(orders) > 1
