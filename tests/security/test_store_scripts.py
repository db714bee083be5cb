"""Texts that people store are shown as texts."""

from typing import Any

import pytest
from django.test import Client

from quizzes import services
from quizzes.publishing import publish
from tests.factories import (
    answers,
    client_of,
    make_learner,
    make_lesson,
    make_question,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
)
from tests.security.crawl import body, crawl

pytestmark = pytest.mark.django_db
ATTACK = '"><script>alert(1)</script><svg onload=alert(1)><img src=x onerror=alert(1)>'
# What a learner has of their own is a file of data, which no browser shows as a page.
DATA = "/me/data/"
DANGERS = ("<script>alert", "<svg onload", "<img src=x")


def dangers(text: str) -> list[str]:
    return [danger for danger in DANGERS if danger in text]


def test_what_authors_write_cannot_run() -> None:
    topic = make_topic("gradients")
    type(topic).objects.update(title=ATTACK, summary=ATTACK)
    type(topic.track).objects.update(title=ATTACK, summary=ATTACK)
    type(topic.experiment).objects.update(title=ATTACK, summary=ATTACK)
    texts: dict[str, Any] = dict.fromkeys(
        ("stem", "hint", "steps", "answer", "quick_check", "watch"), ATTACK
    )
    for use in ("practice", "inline"):
        question = make_question(topic, use=use, publish=False, **texts)
        question.choices.update(mistake=ATTACK)
        publish(question)
    lesson = {"title": ATTACK[:120], "summary": ATTACK, "key_insight": ATTACK, "source": ATTACK}
    make_lesson(topic, **lesson)
    learner = make_learner()
    attempt = services.start(quiz(topic), learner)
    services.check(attempt, 1, mistaken(answers(attempt)[0]))
    assert client_of(learner).get(DATA)["Content-Type"] == "application/json"
    for page in crawl(client_of(learner)):
        assert page.address == DATA or dangers(page.text) == [], page.address


def test_a_name_cannot_run() -> None:
    user = make_user("ada")
    user.username = user.name = ATTACK
    user.save()
    learner = make_learner(user)
    attempt = services.start(quiz(make_topic(practice=1)), learner)
    services.check(attempt, 1, mistaken(answers(attempt)[0]))
    for address in ("/", "/me/", "/accounts/logout/", "/accounts/email/"):
        assert dangers(body(client_of(user).get(address))) == []
    teacher = client_of(make_teacher())
    for address in ("/admin/quizzes/attempt/", "/admin/quizzes/answer/"):
        assert dangers(body(teacher.get(address))) == []


@pytest.mark.parametrize("address", ["/?q={}", "/no/{}/", "/learn/{}/", "/accounts/login/?next={}"])
def test_an_address_cannot_run(address: str) -> None:
    assert dangers(body(Client().get(address.format(ATTACK)))) == []
