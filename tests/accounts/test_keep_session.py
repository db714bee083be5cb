"""A session is found by its key until it expires; nothing else is one."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from accounts.sessions import SessionStore
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def kept() -> str:
    """The key of a session that holds something."""
    store = SessionStore()
    store["learner"] = "somebody"
    store.save()
    assert store.session_key is not None
    return store.session_key


def test_what_was_kept_is_read_again() -> None:
    store = SessionStore(kept())
    assert store["learner"] == "somebody"
    store["more"] = [1, 2]
    store.save()
    assert dict(SessionStore(store.session_key).items()) == {"learner": "somebody", "more": [1, 2]}


def test_two_sessions_are_not_mixed_up() -> None:
    first, second = kept(), SessionStore()
    second["learner"] = "somebody else"
    second.save()
    assert SessionStore(first)["learner"] == "somebody"
    assert SessionStore(second.session_key)["learner"] == "somebody else"


def test_one_that_has_expired_is_none() -> None:
    key = kept()
    Session.objects.filter(session_key=key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    store = SessionStore(key)
    assert dict(store.items()) == {}
    assert store.session_key is None


def test_a_key_that_was_made_up_is_not_taken() -> None:
    store = SessionStore("a" * 32)
    assert dict(store.items()) == {}
    assert store.session_key is None


@pytest.mark.parametrize(
    "key", ["\0" + "a" * 31, "a" * 31, "A" * 32, "a" * 32 + "\n", "é" * 32, ""]
)
def test_a_key_that_is_never_made_is_nobodys_without_asking(key: str) -> None:
    assert SessionStore(key).session_key is None


def test_a_cookie_that_no_database_takes_is_dropped() -> None:
    client = Client()
    answer = client.get("/me/", headers={"Cookie": r'sessionid="\000aaaaaaaaaaaaaa"'})
    assert answer.status_code == 200
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""


def test_who_signs_out_is_signed_out_in_every_copy_of_the_cookie(client: Client) -> None:
    client.force_login(make_user())
    copy = Client()
    copy.cookies[settings.SESSION_COOKIE_NAME] = str(client.session.session_key)
    assert client.get("/me/").context["user"].is_authenticated
    client.logout()
    assert not copy.get("/me/").context["user"].is_authenticated
