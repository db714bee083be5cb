"""How many tests and practice sets may be begun within an hour, and what is said beyond."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Learner, Session
from lessons.models import Topic
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import HTMX, client_of, keyed, make_lesson, make_topic, make_user, quiz

pytestmark = pytest.mark.django_db
TEST = "/learn/gradients/test/"
PRACTICE = "/learn/gradients/practice/1/"
INLINE = "/learn/gradients/experiment/check/"


@pytest.fixture(autouse=True)
def topic() -> Topic:
    topic = make_topic("gradients", practice=1, inline=1, bank=3)
    make_lesson(topic)
    return topic


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Learner, Session, Attempt, Answer))


def begin_and_finish(client: Client) -> Any:
    begun = client.post(TEST)
    if begun.status_code == 302:
        client.post(f"{begun['Location']}finish/")
    return begun


@pytest.mark.slow
def test_a_flood_of_tests_without_cookies_is_bounded(settings: Settings) -> None:
    settings.ADDRESS_ATTEMPTS_AN_HOUR = 30
    statuses = [Client().post(TEST).status_code for _ in range(60)]
    assert statuses == [302] * 30 + [429] * 30
    assert rows() == (30, 30, 30, 150)


def test_one_guest_begins_so_many_and_is_told_when_there_are_more(settings: Settings) -> None:
    settings.GUEST_ATTEMPTS_AN_HOUR = 3
    guest = Client()
    assert [begin_and_finish(guest).status_code for _ in range(3)] == [302] * 3
    before = rows()
    refused = begin_and_finish(guest)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 3600
    text = refused.content.decode()
    assert "You have begun 3 tests and practice sets within an hour, which is the limit" in text
    assert "With an account you may begin more" in text
    assert rows() == before


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("address", "form"),
    [(TEST, {}), (PRACTICE, {"choice": ""}), (INLINE, {"again": "1"}), (INLINE, {"question": "1"})],
)
def test_refused_guests_leave_nothing(
    settings: Settings, address: str, form: dict[str, str], headers: dict[str, str]
) -> None:
    settings.ADDRESS_ATTEMPTS_AN_HOUR = 0
    refused = Client().post(address, form, headers=headers)
    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert "Or sign in, to continue now." in refused.content.decode()
    assert rows() == (0, 0, 0, 0)


def test_what_is_open_goes_on_and_costs_nothing(settings: Settings) -> None:
    settings.GUEST_ATTEMPTS_AN_HOUR = 1
    guest = Client()
    begun = [guest.post(TEST)["Location"] for _ in range(3)]
    assert len(set(begun)) == 1
    assert guest.get(begun[0]).status_code == 200


def test_members_have_a_limit_of_their_own(settings: Settings) -> None:
    settings.GUEST_ATTEMPTS_AN_HOUR = 0
    settings.MEMBER_ATTEMPTS_AN_HOUR = 1
    member = client_of(make_user("ada"))
    assert [begin_and_finish(member).status_code for _ in range(2)] == [302, 429]
    assert "account" not in begin_and_finish(member).content.decode().split("<main")[1]
    assert begin_and_finish(client_of(make_user("bob"))).status_code == 302


def test_new_members_of_one_address_are_counted_together(settings: Settings) -> None:
    settings.ADDRESS_ATTEMPTS_AN_HOUR = 2
    newcomers = [client_of(make_user(name)) for name in ("ada", "bob", "cyd")]
    answers = [begin_and_finish(member) for member in newcomers]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "New members at your network address" in answers[2].content.decode()
    assert begin_and_finish(Client()).status_code == 302, "guests have a count of their own"
    known_for_long = make_user("dot")
    Learner.objects.create(user=known_for_long)
    assert begin_and_finish(client_of(known_for_long)).status_code == 302


@pytest.mark.parametrize("signed_in", [True, False], ids=["member", "guest"])
def test_what_the_address_refuses_costs_nobody_their_own(
    settings: Settings, signed_in: bool
) -> None:
    settings.GUEST_ATTEMPTS_AN_HOUR = settings.MEMBER_ATTEMPTS_AN_HOUR = 2
    client = client_of(make_user("ada")) if signed_in else Client()
    assert begin_and_finish(client).status_code == 302
    settings.ADDRESS_ATTEMPTS_AN_HOUR = 0
    for _ in range(3):
        refused = begin_and_finish(client)
        assert refused.status_code == 429
        assert "at your network address have begun" in refused.content.decode()
    settings.ADDRESS_ATTEMPTS_AN_HOUR = 2000
    assert begin_and_finish(client).status_code == 302


def test_a_set_until_mastery_does_not_grow_without_end(topic: Topic, settings: Settings) -> None:
    """Its further questions are counted, and what cannot be followed by one is not checked."""
    practice = quiz(topic)
    Quiz.objects.filter(pk=practice.pk).update(behaviour=Quiz.Behaviour.MASTERY)
    settings.GUEST_ATTEMPTS_AN_HOUR = 1
    guest = Client()
    assert guest.post(PRACTICE).status_code == 302

    def wrong(number: int) -> Any:
        answer = Answer.objects.get(position=number)
        choice = next(it for it in answer.order if it not in keyed(answer))
        return guest.post(f"/learn/gradients/practice/{number}/", {"choice": choice})

    assert [wrong(number).status_code for number in range(1, 11)] == [302] * 10
    before = rows()
    refused = wrong(11)
    assert refused.status_code == 429
    assert "You have been asked 10 further questions within an hour" in refused.content.decode()
    assert rows() == before
    assert Answer.objects.get(position=11).correct is None
