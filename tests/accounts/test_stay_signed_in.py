"""For how long one is signed in, where, and how to end it elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session as FormerSession
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import sessions
from accounts.agents import named
from accounts.kept import kept_of
from accounts.models import Session, User
from tests.accounts.codes import set_up_app
from tests.factories import PASSWORD, client_of, make_learner, make_user

pytestmark = pytest.mark.django_db
LOGIN, LIST = "/accounts/login/", "/accounts/sessions/"
ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(**more: str) -> Client:
    client = Client(headers={"User-Agent": FIREFOX})
    client.post(LOGIN, {"login": "ada", "password": PASSWORD} | more)
    assert "_auth_user_id" in client.session
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/me/").wsgi_request.user.is_authenticated)


def left(client: Client) -> float:
    row = Session.objects.get(session_key=client.session.session_key)
    return (row.expire_date - timezone.now()).total_seconds()


def later(client: Client, seconds: float) -> None:
    """As if so much time had passed for this session."""
    rows = Session.objects.filter(session_key=client.session.session_key)
    row = rows.get()
    rows.update(expire_date=row.expire_date - timedelta(seconds=seconds))


@pytest.fixture(autouse=True)
def ada() -> User:
    user = make_user("ada")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def test_it_is_not_kept_unless_one_asks() -> None:
    page = Client().get(LOGIN).content.decode()
    assert "Keep me signed in on this device" in page
    assert "checked" not in page
    passing, kept = signed_in(), signed_in(remember="on")
    assert passing.cookies["sessionid"]["max-age"] == ""
    assert kept.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE
    assert settings.SESSION_IDLE_SECONDS - 60 < left(passing) <= settings.SESSION_IDLE_SECONDS
    assert left(kept) > settings.SESSION_COOKIE_AGE - 60


def test_it_ends_after_idle_hours_and_not_before() -> None:
    client = signed_in()
    for _ in range(3):
        later(client, settings.SESSION_IDLE_SECONDS * 0.6)
        assert is_in(client), "each page begins the hours anew"
    later(client, settings.SESSION_IDLE_SECONDS)
    assert not is_in(client)


def test_signing_up_is_not_kept_either() -> None:
    client = Client()
    values = {"username": "eve", "email": "eve@example.org"}
    client.post("/accounts/signup/", values | {"password1": PASSWORD, "password2": PASSWORD})
    assert client.cookies["sessionid"]["max-age"] == ""


def test_a_guest_is_remembered_as_before() -> None:
    client = Client()
    session = client.session
    session["learner"] = "somebody"
    session.save()
    assert left(client) > settings.SESSION_COOKIE_AGE - 60


def test_one_sees_where_and_signs_out_elsewhere() -> None:
    elsewhere, here, other = signed_in(remember="on"), signed_in(), client_of(make_user("eve"))
    page = here.get(LIST).content.decode()
    assert page.count("Firefox on Windows") == 2
    assert page.count("this browser") == 1
    assert page.count("Ends when the browser is closed") == 1
    assert "Signed out elsewhere: 1." in here.post(LIST, follow=True).content.decode()
    assert (is_in(elsewhere), is_in(here), is_in(other)) == (False, True, True)
    assert "Sign out everywhere else" not in here.get(LIST).content.decode()


def test_only_those_who_were_signed_in_are_signed_out(ada: User) -> None:
    here, expired, older = signed_in(), signed_in(), signed_in()
    later(expired, 2 * settings.SESSION_COOKIE_AGE)
    session = older.session
    session[HASH_SESSION_KEY] = "of the password before"
    session.save()
    set_up_app(here)
    waiting = Client()
    waiting.post(LOGIN, {"login": "ada", "password": PASSWORD})
    assert Session.objects.filter(user=ada).count() == 4
    assert here.get(LIST).content.decode().count("Firefox on Windows") == 1
    assert len(kept_of(ada)["sign_ins"]) == 1
    assert "Signed out elsewhere: 0." in here.post(LIST, follow=True).content.decode()
    assert Session.objects.filter(user=ada).count() == 1


def test_the_list_asks_no_more_for_many() -> None:
    counted = []
    here = signed_in()
    for _ in range(2):
        here.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            here.get(LIST)
        counted.append(len(asked))
        for _ in range(5):
            signed_in()
    assert counted[0] == counted[1]


def test_a_new_password_signs_out_elsewhere() -> None:
    elsewhere, here = signed_in(), signed_in()
    new = "another-staple-7"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert (is_in(elsewhere), is_in(here)) == (False, True)
    assert Session.objects.count() == 1


def test_nothing_stays_of_an_account_that_is_deleted(ada: User) -> None:
    signed_in()
    signed_in()
    ada.delete()
    assert not Session.objects.exists()


def entry(client: Client) -> sessions.Entry:
    found = sessions.entry_of(client.get("/me/").wsgi_request)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "how", ["sign out", "password", "deactivate", "delete", "expire", "elsewhere"]
)
def test_a_session_that_ended_is_known_by_one_question(ada: User, how: str) -> None:
    client, other, guest = signed_in(), client_of(make_user("eve")), client_of(make_learner())
    entries = {entry(each) for each in (client, other, guest)}
    assert sessions.ended(entries) == set()
    gone = entry(client)
    deeds: dict[str, Any] = {
        "sign out": lambda: client.post("/accounts/logout/"),
        "password": lambda: User.objects.filter(pk=ada.pk).update(password="another"),
        "deactivate": lambda: User.objects.filter(pk=ada.pk).update(is_active=False),
        "delete": ada.delete,
        "expire": lambda: later(client, settings.SESSION_IDLE_SECONDS),
        "elsewhere": lambda: signed_in().post(LIST),
    }
    deeds[how]()
    with CaptureQueriesContext(connection) as asked:
        assert sessions.ended(entries) == {gone}
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_an_update_keeps_everyone_signed_in(ada: User) -> None:
    client = client_of(ada)
    row = Session.objects.get()
    executor = MigrationExecutor(connection)
    # Of every app: what depends on the accounts' migrations is unapplied with them.
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate([("accounts", "0003_email_addresses_are_not_unique")])
    FormerSession.objects.create(
        session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date
    )
    executor = MigrationExecutor(connection)
    executor.migrate(latest)
    assert is_in(client)
    assert Session.objects.get().user == ada
    assert not FormerSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"X11; Linux x86_64) {ENGINE} Ubuntu Chromium/80.0 Chrome/80.0 Safari/537.36", "Chromium"),
        (f"X11; Linux x86_64) {ENGINE} Chrome/140.0 Safari/537.36", "Chrome"),
        (f"X11; Linux x86_64) {ENGINE} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge"),
    ],
)
def test_a_browser_goes_by_its_own_name(agent: str, name: str) -> None:
    assert named(f"Mozilla/5.0 ({agent}") == f"{name} on Linux"
