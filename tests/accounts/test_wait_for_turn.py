"""Hashing passwords has a bound: anyone without a turn is told so, and pages go on."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import FOUND

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts import hashing
from accounts.models import User
from tests.accounts.test_sign_up import mailed_link
from tests.factories import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"
OTHER = "another-horse-battery"
NEW = {"password1": OTHER, "password2": OTHER}
USABLE = {"usable_password": "true"} | NEW
FORMS = {
    LOGIN: {"login": "root", "password": PASSWORD},
    SIGNUP: {"username": "eve", "email": "eve@example.org"} | NEW,
    "/accounts/reauthenticate/": {"password": PASSWORD},
    "/accounts/password/change/": {"oldpassword": PASSWORD} | NEW,
    "/admin/accounts/user/add/": {"username": "eve", "email": "eve@example.org"} | USABLE,
    "/admin/accounts/user/PK/password/": USABLE,
}


@pytest.fixture(autouse=True)
def hasher(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = ["accounts.hashing.PatientHasher"]
    monkeypatch.setattr(hashing, "PATIENCE_SECONDS", 0.0)


@contextmanager
def others_have_all_turns() -> Iterator[None]:
    with ExitStack() as others:
        while hashing._turns.acquire(blocking=False):
            others.callback(hashing._turns.release)
        yield


def turns_left() -> int:
    return hashing._turns._value


def passwords() -> dict[str, str]:
    return dict(User.objects.values_list("username", "password"))


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_a_turn_is_kept_and_works_later(path: str) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    client, form = client_of(root), FORMS[path]
    if path in (LOGIN, SIGNUP):
        client.logout()
    path = path.replace("PK", str(root.pk))
    before = passwords()
    with others_have_all_turns():
        refused = client.post(path, form)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    page = refused.content.decode()
    assert "your password was not checked" in page
    for name, typed in form.items():
        assert "password" in name or f'value="{typed}"' in page, name
    assert all(typed not in page for typed in (PASSWORD, OTHER))
    assert passwords() == before
    assert client.post(path, form).status_code == FOUND
    assert turns_left() == hashing.AT_ONCE


def test_a_script_without_a_turn_is_told_so_too() -> None:
    """Its answer is no page with a form, and not about too many tries either."""
    make_user("root")
    script = {"X-Requested-With": "XMLHttpRequest"}
    with others_have_all_turns():
        refused = Client().post(LOGIN, FORMS[LOGIN], headers=script)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "your password was not checked" in refused.content.decode()


def test_a_forgotten_password_waits_for_its_turn_too() -> None:
    ada = make_user("ada")
    client = Client()
    path = client.get(mailed_link(ada.email))["Location"]
    with others_have_all_turns():
        assert client.post(path, NEW).status_code == 503
    assert client.post(path, NEW).status_code == FOUND
    assert client.post(LOGIN, {"login": "ada", "password": OTHER}).status_code == FOUND


def test_passwords_that_were_not_looked_at_are_not_counted_as_tries() -> None:
    make_user("ada")
    client = Client()
    with others_have_all_turns():
        told = {client.post(LOGIN, FORMS[LOGIN] | {"login": "ada"}).status_code for _ in range(7)}
    assert told == {503}
    assert client.post(LOGIN, FORMS[LOGIN] | {"login": "ada"}).status_code == FOUND


def test_every_hash_needs_a_turn() -> None:
    with others_have_all_turns(), pytest.raises(hashing.NoTurn, match="Enter it again"):
        make_password(PASSWORD)


def test_a_form_that_is_not_saved_keeps_no_turn() -> None:
    hashing.hold()
    assert turns_left() == hashing.AT_ONCE - 1
    Client().get("/")
    assert turns_left() == hashing.AT_ONCE


def test_a_turn_is_given_back_after_the_hash_it_was_held_for() -> None:
    hashing.hold()
    make_password(PASSWORD)
    assert turns_left() == hashing.AT_ONCE


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("account_login", []),
        ("account_signup", []),
        ("account_reauthenticate", []),
        ("account_change_password", []),
        ("account_set_password", []),
        ("account_reset_password_from_key", ["1", "key"]),
        ("admin:accounts_user_add", []),
        ("admin:auth_user_password_change", [1]),
    ],
)
def test_addresses_that_hash_wait_in_the_line_for_it(name: str, given: list[object]) -> None:
    assert hashing.hashes(reverse(name, args=given))


def test_asking_for_a_link_hashes_nothing_and_waits_in_no_line_for_it() -> None:
    assert not hashing.hashes(reverse("account_reset_password"))
