"""What was done as a guest waits for the account's answer, however the session ends before it."""

from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.learners import SESSION_KEY
from accounts.models import Learner, Session
from quizzes import reading, services
from quizzes.models import Attempt
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_run,
    make_topic,
    make_user,
    quiz,
)

pytestmark = pytest.mark.django_db
CLAIM, DECLINE, OUT, ME = "/accounts/claim/", "/me/guest/delete/", "/accounts/logout/", "/me/"
ALL_THE_SAME = {"all-the-same": "1"}
WAITS = "Work done here as a guest has not been moved to your account yet: 5 answers and 1 run."


def worked(answered: int = 5) -> Learner:
    """A guest who has answered some questions, and trained a model."""
    topic, guest = make_topic(practice=answered + 1), make_learner()
    attempt = services.start(quiz(topic), guest)
    for number, answer in enumerate(answers(attempt)[:answered], start=1):
        services.check(attempt, number, keyed(answer))
    make_run(topic, guest)
    return guest


@pytest.fixture
def browser() -> Client:
    """A guest's browser, in which ada has signed in since."""
    make_user("ada")
    client = client_of(worked())
    sign_in(client)
    return client


def sign_in(client: Client, name: str = "ada") -> None:
    client.post("/accounts/login/", {"login": name, "password": PASSWORD})
    assert is_in(client)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def text(client: Client, address: str = ME) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


def is_asked(client: Client) -> bool:
    return CLAIM in text(client)


def test_signing_out_tells_first_what_has_not_been_moved(browser: Client) -> None:
    response = browser.post(OUT, follow=True)
    told = " ".join(unescape(response.content.decode()).split())
    assert WAITS in told
    assert CLAIM in told
    assert DECLINE in told
    assert "Sign out all the same" in told
    assert is_in(browser)
    assert WAITS in text(browser, OUT)
    browser.post(OUT, ALL_THE_SAME)
    assert not is_in(browser)


def test_without_such_work_one_click_signs_out() -> None:
    client = client_of(make_user("ada"))
    assert "Are you sure you want to sign out?" in text(client, OUT)
    client.post(OUT)
    assert not is_in(client)


def test_it_can_be_moved_from_there(browser: Client) -> None:
    moved = browser.post(CLAIM, {"next": OUT})
    assert moved["Location"] == OUT
    assert "Are you sure you want to sign out?" in text(browser, OUT)
    assert Attempt.objects.get().learner.user is not None


def sign_out(browser: Client) -> None:
    browser.post(OUT, ALL_THE_SAME)


def close(browser: Client) -> None:
    browser.cookies.clear()


def expire(browser: Client) -> None:
    Session.objects.all().delete()


def leave_admin(browser: Client) -> None:
    browser.logout()


ENDS = pytest.mark.parametrize("end", [sign_out, close, expire, leave_admin])


@ENDS
def test_the_next_sign_in_asks_again_in_any_browser(
    browser: Client, end: Callable[[Client], None]
) -> None:
    end(browser)
    elsewhere = Client()
    sign_in(elsewhere)
    assert is_asked(elsewhere)
    elsewhere.post(CLAIM)
    assert Attempt.objects.get().learner.user is not None
    assert not is_asked(elsewhere)


@ENDS
def test_nobody_else_at_that_browser_gets_it(
    browser: Client, end: Callable[[Client], None]
) -> None:
    end(browser)
    assert str(Attempt.objects.get().pk) not in text(browser)
    make_user("bob")
    sign_in(browser, "bob")
    assert not is_asked(browser)
    browser.post(CLAIM)
    assert Attempt.objects.get().learner.user is None


def test_two_guests_are_asked_about_one_after_the_other(browser: Client) -> None:
    sign_out(browser)
    other = client_of(worked(1))
    sign_in(other)
    assert "1 answer and 1 run" in text(other)
    other.post(CLAIM, {"guest": other.session[SESSION_KEY]})
    assert "5 answers and 1 run" in text(other)
    other.post(DECLINE, {"guest": other.session[SESSION_KEY]})
    assert not is_asked(other)
    assert [learner.user is None for learner in Learner.objects.all()] == [False]


def test_deleting_the_account_removes_all_that_waits_for_it(browser: Client) -> None:
    sign_out(browser)
    other = client_of(worked(1))
    sign_in(other)
    waiting = Learner.objects.filter(user=None).values_list("pk", flat=True)
    asked = other.post("/me/delete/", {"guests": " ".join(map(str, waiting))})["Location"]
    other.post(asked, {"password": PASSWORD})
    assert not Learner.objects.exists()


def test_the_offer_says_how_much_it_is_in_as_many_queries_for_much_as_for_little() -> None:
    make_user("ada")
    make_user("bob")
    asked = []
    for name, answered in (("ada", 1), ("bob", 9)):
        client = client_of(worked(answered))
        sign_in(client, name)
        with CaptureQueriesContext(connection) as queries:
            page = text(client)
        asked.append(len(queries))
        assert f"{answered} answer{'s' * (answered > 1)} and 1 run" in page
        assert "You have not read a lesson, practised or taken a test yet" not in page
        assert "Nothing is in your account yet" in page
    assert asked[0] == asked[1]


def test_reading_is_work_too() -> None:
    make_user("ada")
    guest = make_learner()
    reading.mark_read(guest, make_lesson(make_topic()))
    client = client_of(guest)
    sign_in(client)
    assert "1 read lesson" in text(client)


def test_what_was_begun_and_not_answered_is_no_number() -> None:
    make_user("ada")
    guest = make_learner()
    services.start(quiz(make_topic(practice=1)), guest)
    client = client_of(guest)
    sign_in(client)
    assert "as a guest: <strong>what was begun</strong>" in text(client)
