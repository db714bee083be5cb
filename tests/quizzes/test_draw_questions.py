"""Which questions an attempt asks, and in which order."""

from collections import Counter

import pytest

from lessons.models import Topic
from quizzes import services
from quizzes.drawing import drawn
from quizzes.models import Attempt, Question
from quizzes.publishing import publish
from quizzes.queries import TEST_LENGTH
from quizzes.showing import settled_order
from tests.factories import answers, make_learner, make_question, make_topic, quiz

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "asked"), [("practice", 3), ("inline", 2), ("test", 6)])
def test_each_quiz_asks_its_own_questions(kind: str, asked: int) -> None:
    topic = make_topic(practice=3, inline=2, bank=1)
    make_topic(practice=2)
    versions = [version for version, _ in drawn(quiz(topic, kind), make_learner())]
    assert len({version.pk for version in versions}) == asked
    assert {version.question.topic for version in versions} == {topic}
    if kind != "test":
        assert {version.question.use for version in versions} == {kind}


def test_practice_keeps_the_authors_order() -> None:
    topic = make_topic(practice=3)
    Question.objects.filter(position=1).update(position=9)
    positions = [version.question.position for version, _ in drawn(quiz(topic), make_learner())]
    assert positions == [2, 3, 9]


def test_practice_options_stand_in_the_same_order_for_all() -> None:
    topic = make_topic(practice=1)
    ((version, order),) = drawn(quiz(topic), make_learner())
    assert order == settled_order(version) == drawn(quiz(topic), make_learner())[0][1]
    assert sorted(order) == sorted(choice.id for choice in version.facts.choices)


def test_the_key_does_not_always_stand_first() -> None:
    topic = make_topic(practice=12)
    firsts = [
        version.facts.choice(order[0]) == version.facts.choices[0]
        for version, order in drawn(quiz(topic), make_learner())
    ]
    assert not all(firsts)


def test_a_test_asks_ten_of_a_larger_bank() -> None:
    topic = make_topic(practice=TEST_LENGTH, bank=3)
    versions = [version.pk for version, _ in drawn(quiz(topic, "test"), make_learner())]
    assert len(versions) == len(set(versions)) == TEST_LENGTH


def test_two_tests_differ_in_their_order() -> None:
    topic = make_topic(practice=10)
    orders = {
        tuple(version.pk for version, _ in drawn(quiz(topic, "test"), make_learner()))
        for _ in range(5)
    }
    assert len(orders) > 1


def bank(topic: Topic, easy: int, medium: int, hard: int) -> None:
    for difficulty, wanted in (("easy", easy), ("medium", medium), ("hard", hard)):
        for _ in range(wanted):
            make_question(topic, use="bank", difficulty=difficulty)


def mix(attempt: Attempt) -> Counter[str]:
    return Counter(answer.version.question.difficulty for answer in answers(attempt))


def asked(attempt: Attempt) -> set[int]:
    return {answer.version.question_id for answer in answers(attempt)}


def test_a_test_asks_four_easy_three_medium_and_three_hard() -> None:
    topic = make_topic()
    bank(topic, 9, 9, 9)
    attempt = services.start(quiz(topic, "test"), make_learner())
    assert mix(attempt) == {"easy": 4, "medium": 3, "hard": 3}


def test_where_a_difficulty_is_short_others_fill_up() -> None:
    topic = make_topic()
    bank(topic, 9, 9, 1)
    attempt = services.start(quiz(topic, "test"), make_learner())
    assert mix(attempt)["hard"] == 1
    assert mix(attempt).total() == TEST_LENGTH


def test_a_retake_asks_what_was_not_seen_before() -> None:
    topic = make_topic()
    bank(topic, 8, 6, 6)
    learner = make_learner()
    first = services.start(quiz(topic, "test"), learner)
    services.finish(first, {})
    second = services.start(quiz(topic, "test"), learner)
    services.finish(second, {})
    assert not asked(first) & asked(second)
    third = services.start(quiz(topic, "test"), learner)
    assert asked(third) == asked(first), "all are seen: those come that were asked the longest ago"


def test_what_practice_has_explained_is_asked_last() -> None:
    topic = make_topic(practice=3)
    Question.objects.update(difficulty="easy")
    bank(topic, 4, 3, 3)
    learner = make_learner()
    practised = services.start(quiz(topic), learner)
    assert not asked(practised) & asked(services.start(quiz(topic, "test"), learner))


def test_another_learners_tests_do_not_count_as_seen() -> None:
    topic = make_topic()
    bank(topic, 4, 3, 3)
    other = services.start(quiz(topic, "test"), make_learner())
    assert asked(services.start(quiz(topic, "test"), make_learner())) == asked(other)


def test_true_stands_before_false() -> None:
    topic = make_topic()
    question = make_question(topic, use="bank", publish=False, kind="true_false", options=2)
    for position, text in enumerate(("True", "False"), start=1):
        question.choices.filter(position=position).update(text=text)
    version = publish(question)
    order = [choice.id for choice in version.facts.choices]
    for _ in range(8):
        assert drawn(quiz(topic, "test"), make_learner()) == [(version, order)]
