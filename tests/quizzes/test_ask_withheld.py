"""What an open test withholds cannot be asked back by sending it once per option."""

from collections.abc import Callable

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes import services
from quizzes.models import Attempt, Quiz
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_topic,
    missed,
    quiz,
    right_choice,
    wrong_choice,
)

pytestmark = pytest.mark.django_db
FIRST, LESSON = "/learn/gradients/practice/1/", "/learn/gradients/experiment/"
Ask = Callable[[Client, Attempt, str], str]


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=3, inline=1)
    make_lesson(topic)
    return topic


def by_check(client: Client, attempt: Attempt, ident: str) -> str:
    sent = {"attempt": str(attempt.pk), "known": "0 0 0 0", "choice": ident}
    return told(client, FIRST, sent)


def in_a_lesson(client: Client, attempt: Attempt, ident: str) -> str:
    sent = {"attempt": str(attempt.pk), "known": "0 0", "question": "1", "choice": ident}
    return told(client, f"{LESSON}check/", sent)


def by_a_refused_finish(client: Client, attempt: Attempt, ident: str) -> str:
    return told(client, f"/attempts/{attempt.pk}/finish/", {"choice-1": ident, "seed": "x"})


def by_finishing_again(client: Client, attempt: Attempt, ident: str) -> str:
    sent = {"asked-1": "1", "choice-1": ident, "whole": "1"}
    return told(client, f"/attempts/{attempt.pk}/finish/", sent)


def by_saving_again(client: Client, attempt: Attempt, ident: str) -> str:
    sent = {"asked-1": "1", "choice-1": ident, "seq": "5"}
    return told(client, f"/attempts/{attempt.pk}/", sent)


def told(client: Client, address: str, sent: dict[str, str]) -> str:
    """Status and sentences of the answer, without what was sent."""
    answered = client.post(address, sent, follow=True)
    page = answered.content.decode()
    hints = ("Not saved", "Not counted", "what you chose here", "already answered", "is withheld")
    return f"{answered.status_code} {[words for words in hints if words in page]}"


@pytest.mark.parametrize(
    ("kind", "is_finished", "ask"),
    [
        ("practice", False, by_check),
        ("practice", True, by_check),
        ("practice", False, by_a_refused_finish),
        ("practice", True, by_finishing_again),
        ("inline", False, in_a_lesson),
        ("inline", True, in_a_lesson),
        ("test", True, by_finishing_again),
        ("test", True, by_saving_again),
    ],
)
def test_each_option_is_answered_alike(
    topic: Topic, kind: str, is_finished: bool, ask: Ask
) -> None:
    learner = make_learner()
    client = client_of(learner)
    attempt = services.start(quiz(topic, kind), learner)
    first = answers(attempt)[0]
    if is_finished:
        services.finish(attempt, {it.position: keyed(it) for it in answers(attempt)})
    else:
        services.check(attempt, 1, keyed(first))
    services.start(quiz(topic, "test"), learner)
    (alike,) = {ask(client, attempt, ident) for ident in first.order}
    assert "Not saved" not in alike, "nor is it called so of what was answered"


@pytest.mark.parametrize(("kind", "where"), [("practice", FIRST), ("inline", LESSON)])
def test_a_wrong_try_is_withheld_too(topic: Topic, kind: str, where: str) -> None:
    Quiz.objects.filter(kind=kind).update(behaviour=Quiz.Behaviour.INTERACTIVE, tries=3)
    learner = make_learner()
    client = client_of(learner)
    attempt = services.start(quiz(topic, kind), learner)
    asked = answers(attempt)[0].version.question
    services.check(attempt, 1, [wrong_choice(asked)])
    test = services.start(quiz(topic, "test"), learner)
    page = client.get(where).content.decode()
    assert "Not right yet" not in page
    assert "checked>" not in page
    (own,) = (it for it in client.get("/me/data/").json()["attempts"] if it["quiz"] == kind)
    assert own["questions"][0]["answer"] is None
    services.finish(test, {})
    assert "Not right yet" in client.get(where).content.decode()


def test_a_review_tells_nothing_by_its_time_or_its_rating(topic: Topic) -> None:
    learner = make_learner()
    card = missed(topic, learner)
    client, question = client_of(learner), card.question
    sent = {"choice": right_choice(question), "seq": str(card.seq)}
    client.post(f"/me/review/{card.pk}/", sent | {"version": str(question.version_id)})
    card.refresh_from_db()
    assert card.recalls.count() == 2
    test = services.start(quiz(topic, "test"), learner)
    before = card.due_at, card.seq
    rated = {"rating": "hard", "seq": str(card.seq)}
    page = client.post(f"/me/review/{card.pk}/rate/", rated, follow=True).content.decode()
    assert "This question is in the test that you have open" in page
    card.refresh_from_db()
    assert (card.due_at, card.seq) == before
    (review,) = client.get("/me/data/").json()["reviews"]
    assert review["due"] is None
    services.finish(test, {})
    (review,) = client.get("/me/data/").json()["reviews"]
    assert review["due"] is not None
