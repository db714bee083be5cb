"""Signing up, signing in and out, and a forgotten password."""

import re

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Learner, User
from tests.authoring.pages import opened
from tests.factories import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP, RESET = "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"


def signup_form(**changes: str) -> dict[str, str]:
    values = {
        "username": "ada",
        "email": "ada@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    return values | changes


def mailed_link(email: str) -> str:
    """Where the mail about a forgotten password leads."""
    assert Client().post(RESET, {"email": email}).status_code == 302
    found = re.search(
        r"http://testserver(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body)
    )
    assert found is not None
    return found[1]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_up_signs_in() -> None:
    client = Client()
    response = client.post(SIGNUP, signup_form())
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert signed_in(client)
    user = User.objects.get()
    assert (user.username, user.email, user.is_staff) == ("ada", "ada@example.org", False)
    assert user.has_usable_password()


@pytest.mark.parametrize(
    "changes",
    [
        {"username": ""},
        {"username": "grace"},
        {"username": "Grace"},
        {"username": "<script>"},
        {"email": ""},
        {"email": "ada"},
        {"password1": "short", "password2": "short"},
        {"password1": "password123", "password2": "password123"},
        {"password1": "2718281828459", "password2": "2718281828459"},
        {"password2": "another-horse-battery"},
    ],
)
def test_what_cannot_be_an_account_is_refused(changes: dict[str, str]) -> None:
    make_user("grace")
    client = Client()
    response = client.post(SIGNUP, signup_form(**changes))
    assert response.status_code == 200
    assert "error" in response.content.decode()
    assert User.objects.count() == 1
    assert not signed_in(client)


def test_signing_up_makes_nobody_staff() -> None:
    Client().post(SIGNUP, signup_form(is_staff="on", is_superuser="on", groups="1"))
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


@pytest.mark.parametrize("login", ["ada", "ada@example.org", "ADA@example.org", "ADA"])
def test_signing_in_by_name_and_by_email(login: str) -> None:
    make_user("ada")
    client = Client()
    response = client.post(LOGIN, {"login": login, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/me/")
    assert signed_in(client)


@pytest.mark.parametrize(
    ("login", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("ada", ""), ("", PASSWORD)]
)
def test_a_wrong_password_says_nothing_about_who_exists(login: str, password: str) -> None:
    make_user("ada")
    client = Client()
    response = client.post(LOGIN, {"login": login, "password": password})
    assert response.status_code == 200
    assert not signed_in(client)


def test_guessing_passwords_is_slowed_down() -> None:
    make_user("ada")
    for _ in range(10):
        Client().post(LOGIN, {"login": "ada", "password": "wrong"})
    client = Client()
    client.post(LOGIN, {"login": "ada", "password": PASSWORD})
    assert not signed_in(client)


def test_signing_out_takes_a_click() -> None:
    make_user("ada")
    client = Client()
    client.login(username="ada", password=PASSWORD)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    assert client.post("/accounts/logout/").status_code == 302
    assert not signed_in(client)


def test_a_forgotten_password_is_replaced_by_mail(mailoutbox: list[EmailMessage]) -> None:
    make_user("ada")
    client = Client()
    form = client.get(mailed_link("ada@example.org"), follow=True)
    (sent,) = mailoutbox
    assert sent.to == ["ada@example.org"]
    new = {"password1": "battery-staple-9", "password2": "battery-staple-9"}
    client.post(form.request["PATH_INFO"], new)
    assert not Client().login(username="ada", password=PASSWORD)
    assert Client().login(username="ada", password="battery-staple-9")


def test_a_mailed_link_works_once() -> None:
    make_user("ada")
    link = mailed_link("ada@example.org")
    for password in ("battery-staple-9", "another-staple-9"):
        client = Client()
        form = client.get(link, follow=True)
        new = {"password1": password, "password2": password}
        client.post(form.request["PATH_INFO"], new)
    assert Client().login(username="ada", password="battery-staple-9")


def test_the_reset_page_tells_nobody_who_has_an_account(mailoutbox: list[EmailMessage]) -> None:
    make_user("ada")
    pages = {
        Client().post(RESET, {"email": email}, follow=True).content
        for email in ("ada@example.org", "nobody@example.org")
    }
    assert len(pages) == 1
    bodies = {str(mail.to): str(mail.body) for mail in mailoutbox}
    assert "/password/reset/key/" not in bodies.get("['nobody@example.org']", "")


def test_an_account_alone_makes_no_learner() -> None:
    client = Client()
    client.post(SIGNUP, signup_form())
    client.get("/me/")
    assert not Learner.objects.exists()


def made_long_ago(username: str) -> User:
    """An account of the time when names could differ by case only."""
    user = make_user(f"older-{username}")
    changes = {"username": username, "email": f"{username}@older.example", "skeleton": None}
    User.objects.filter(pk=user.pk).update(**changes)
    return user


@pytest.mark.parametrize("older", ["ada", "Ada"])
def test_of_names_that_differ_by_case_the_one_that_was_typed_is_meant(older: str) -> None:
    accounts = {name: made_long_ago(name) for name in (older, older.swapcase())}
    for name, user in accounts.items():
        client = Client()
        client.post(LOGIN, {"login": name, "password": PASSWORD})
        assert client.session["_auth_user_id"] == str(user.pk)
    other = Client()
    other.post(LOGIN, {"login": "aDa", "password": PASSWORD})
    assert other.session["_auth_user_id"] == str(accounts[older].pk), "else the oldest"


def test_no_name_is_made_that_differs_by_case_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor by signing up: see above."""
    ada, root = make_user("ada"), make_user("root", is_staff=True, is_superuser=True)
    operator = client_of(root)
    words = "There is an account “ada” already"
    added = operator.post("/admin/accounts/user/add/", signup_form(username="Ada"))
    assert "A user with that username already exists." in added.content.decode()
    page = f"/admin/accounts/user/{root.pk}/change/"
    changed = operator.post(page, opened(operator, page) | {"username": ["ADA"]})
    assert words in changed.content.decode()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises(CommandError, match=words):
        call_command("createsuperuser", "--noinput", username="Ada", email="a@example.org")
    assert set(User.objects.values_list("username", flat=True)) == {"ada", "root"}
    own = f"/admin/accounts/user/{ada.pk}/change/"
    recased = operator.post(own, opened(operator, own) | {"username": ["ADA"]})
    assert recased.status_code == 302, "one's own"


def test_an_older_account_whose_name_differs_by_case_can_be_changed() -> None:
    made_long_ago("ada")
    later = made_long_ago("Ada")
    operator = client_of(make_user("root", is_staff=True, is_superuser=True))
    page = f"/admin/accounts/user/{later.pk}/change/"
    form = opened(operator, page) | {"name": ["Ada L."]}
    assert operator.post(page, form).status_code == 302
    later.refresh_from_db()
    assert later.name == "Ada L."
