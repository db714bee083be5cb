"""Tabs of one learner that answer what comes back, or miss the same questions, at one moment."""

from collections.abc import Iterator

import pytest
import requests

from accounts.models import Learner
from lessons.models import Topic
from quizzes import services
from quizzes.models import Card, Recall
from tests.factories import (
    answers,
    make_learner,
    make_topic,
    missed,
    mistaken,
    quiz,
    right_choice,
    wrong_choice,
)
from tests.faults.sheet import Browser, Sheet, at_once
from tests.faults.web import Web, web

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
QUESTIONS = 5


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Web]:
    """One process for all of these tests: nothing here is to end it."""
    with web() as process:
        yield process


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    return make_topic("gradients", practice=QUESTIONS)


@pytest.fixture
def guest(transactional_db: None) -> Learner:
    return make_learner()


def test_twenty_answers_to_a_question_that_came_back_are_one(
    server: Web, topic: Topic, guest: Learner
) -> None:
    card, browser = missed(topic, guest), Browser.of(guest, server)
    path = f"/me/review/{card.pk}/"
    choices = [right_choice(card.question), wrong_choice(card.question)] * 10

    def post(choice: str) -> requests.Response:
        return browser.post(path, {"choice": choice, "seq": card.seq}, htmx=False)

    found = at_once(post, choices)
    assert card.recalls.count() == 2
    is_right = Recall.objects.get(answer=None).is_right
    kept = choices[0] if is_right else choices[1]
    # The others are told that another answer counts.
    told = {(choice, answer.status_code) for choice, answer in zip(choices, found, strict=True)}
    assert told == {(choice, 302 if choice == kept else 409) for choice in choices}
    words = "Right" if is_right else "Not right"
    assert words in browser.get(path).text


def test_two_quizzes_that_miss_the_same_questions_make_one_card_of_each(
    server: Web, topic: Topic, guest: Learner
) -> None:
    browser = Browser.of(guest, server)
    sheets = [
        Sheet(browser, services.start(quiz(topic, kind), guest).pk) for kind in ("practice", "test")
    ]

    def miss(sheet: Sheet) -> requests.Response:
        return sheet.finish({one.position: mistaken(one) for one in answers(sheet.row)})

    found = at_once(miss, sheets)
    # Practice does not end while the test asks the same, so it may have been refused.
    assert found[0].status_code in (302, 422), found[0].text
    assert found[1].status_code == 302, found[1].text
    assert miss(sheets[0]).status_code == 302
    assert Card.objects.count() == QUESTIONS
    assert {card.recalls.count() for card in Card.objects.all()} == {2}
