"""A practice page that is behind takes back no try, and checks what nobody has tried."""

from html import unescape

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import (
    HTMX,
    client_of,
    make_learner,
    make_lesson,
    make_topic,
    right_choice,
    wrong_choice,
)
from tests.quizzes.sending import form, form_of

pytestmark = pytest.mark.django_db
FIRST, LAST = "/learn/gradients/practice/1/", "/learn/gradients/practice/2/"
LESSON = "/learn/gradients/experiment/"
CHECK = f"{LESSON}check/"
SAID = "You already answered this question in another tab"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
PLACES = pytest.mark.parametrize(
    ("use", "where", "action"),
    [("practice", FIRST, FIRST), ("inline", LESSON, CHECK)],
    ids=["practice", "lesson"],
)


@pytest.fixture(autouse=True)
def topic() -> Topic:
    topic = make_topic("gradients", practice=2, inline=2)
    make_lesson(topic)
    return topic


@pytest.fixture
def client() -> Client:
    return client_of(make_learner())


def several_tries() -> None:
    Quiz.objects.exclude(kind="test").update(behaviour="interactive", tries=2)


def options(use: str, number: int = 1) -> list[str]:
    """The wrong ones of a question."""
    asked = Topic.objects.get().questions.get(use=use, position=number)
    return list(asked.choices.filter(correct=False).values_list("ident", flat=True))


def kept(use: str, number: int = 1) -> Answer:
    return Answer.objects.get(attempt__quiz__kind=use, position=number)


@BOTH
@PLACES
def test_a_page_from_before_the_set_began_takes_back_no_try(
    client: Client, headers: dict[str, str], use: str, where: str, action: str
) -> None:
    several_tries()
    late = form(client, where, action)
    client.post(action, form(client, where, action) | {"choice": options(use)[0]})
    told = client.post(action, late | {"choice": options(use)[1]}, headers=headers)
    assert told.status_code == 409
    text = " ".join(unescape(told.content.decode()).split())
    assert SAID in text
    assert "Not right yet" in text
    first = kept(use)
    assert (first.response, first.tries, first.is_locked) == ([options(use)[0]], 1, False)
    # What it was answered with has seen the try.
    again = form_of(told.content.decode(), action) | {"choice": options(use)[1]}
    assert client.post(action, again, headers=headers).status_code == (200 if headers else 302)
    assert (kept(use).tries, kept(use).correct) == (2, False)


@PLACES
def test_nor_does_one_that_shows_the_set(client: Client, use: str, where: str, action: str) -> None:
    several_tries()
    client.post(action, form(client, where, action) | {"choice": options(use)[0]})
    late = form(client, where, action)
    Quiz.objects.filter(kind=use).update(tries=4)
    client.post(action, form(client, where, action) | {"choice": options(use)[1]})
    assert client.post(action, late | {"choice": options(use)[2]}).status_code == 409
    assert (kept(use).response, kept(use).tries) == ([options(use)[1]], 2)


@PLACES
def test_the_same_from_two_pages_is_one_try(
    client: Client, use: str, where: str, action: str
) -> None:
    several_tries()
    late = form(client, where, action)
    for _ in range(2):
        sent = client.post(action, late | {"choice": options(use)[0]}, headers=HTMX)
        assert (sent.status_code, SAID in sent.content.decode()) == (200, False)
    assert kept(use).tries == 1


def test_a_lessons_page_that_tells_nonsense_is_refused_in_words(client: Client) -> None:
    sent = form(client, LESSON, CHECK) | {"choice": options("inline")[0], "known": "all"}
    told = client.post(CHECK, sent)
    assert told.status_code == 422
    assert "This page is out of sync" in told.content.decode()
    assert not Attempt.objects.exists()


@pytest.fixture
def behind(client: Client, topic: Topic) -> dict[str, str]:
    """The last question's form, from before a finish that was refused has kept the right choice."""
    first, last = topic.questions.filter(use="practice").order_by("position")
    client.post(FIRST, {"choice": right_choice(first)})
    behind = form(client, LAST)
    finish = f"/attempts/{Attempt.objects.get().pk}/finish/"
    sent = behind | {"choice": right_choice(last), "predicted_percent": "abc"}
    assert client.post(finish, sent).status_code == 422
    assert kept("practice", 2).response == [right_choice(last)]
    return behind


@BOTH
def test_what_a_refused_finish_has_kept_is_checked_from_the_page_before(
    client: Client, behind: dict[str, str], headers: dict[str, str]
) -> None:
    sent = behind | {"choice": kept("practice", 2).response[0]}
    checked = client.post(LAST, sent, headers=headers, follow=True)
    assert checked.status_code == 200
    assert "First this, then that." in checked.content.decode()
    assert kept("practice", 2).correct is True


@BOTH
def test_something_else_from_there_is_told_not_to_be_checked(
    client: Client, topic: Topic, behind: dict[str, str], headers: dict[str, str]
) -> None:
    wrong = wrong_choice(topic.questions.get(use="practice", position=2))
    before = kept("practice", 2)
    told = client.post(LAST, behind | {"choice": wrong}, headers=headers)
    text = told.content.decode()
    assert told.status_code == 409
    assert "Another answer to this question was saved in another tab" in text
    assert "was not checked" in text
    assert SAID not in text
    assert [it.id for it in told.context["question"].choices if it.chosen] == before.response
    assert kept("practice", 2).tries == 0
    assert client.post(LAST, form_of(text, LAST) | {"choice": wrong}).status_code == 302
    assert kept("practice", 2).correct is False


def test_a_page_that_knows_a_save_that_never_was_is_checked(client: Client) -> None:
    client.post(FIRST, {"choice": options("practice")[0]})
    sent = form(client, LAST) | {"known": "9 9 9", "choice": options("practice", 2)[0]}
    assert client.post(LAST, sent).status_code == 302
    assert kept("practice", 2).correct is False
