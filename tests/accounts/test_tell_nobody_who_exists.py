"""Nobody learns from the platform whether an email address has an account."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP, RESET = "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"
TAKEN, FREE = "ada@example.org", "abe@example.org"
SECRETS = r'(name="csrfmiddlewaretoken" value=")[^"]+'


@pytest.fixture(params=["confirmed", "unconfirmed", "never asked"])
def ada(request: pytest.FixtureRequest) -> User:
    user = make_user("ada")
    if request.param != "never asked":
        confirmed = request.param == "confirmed"
        EmailAddress.objects.create(user=user, email=TAKEN, primary=True, verified=confirmed)
    return user


def told(text: str) -> str:
    """What a page says, without what differs each time."""
    for address in (TAKEN, FREE):
        text = text.replace(address, "(address)")
    return re.sub(SECRETS, r"\1", text).replace("eve-1", "eve").replace("eve-2", "eve")


def signed_up(name: str, email: str) -> str:
    client = Client()
    values = {"username": name, "email": email, "password1": PASSWORD, "password2": PASSWORD}
    answers = [client.post(SIGNUP, values, follow=True)]
    answers += [client.get(path) for path in ("/accounts/email/", "/me/")]
    return told("".join(f"{answer.status_code} {answer.content.decode()}" for answer in answers))


@pytest.mark.usefixtures("ada")
def test_signing_up_answers_alike() -> None:
    assert signed_up("eve-1", TAKEN) == signed_up("eve-2", FREE)
    assert User.objects.count() == 3


@pytest.mark.usefixtures("ada")
def test_a_new_address_of_an_account_answers_alike() -> None:
    pages = set()
    for name, address in (("eve-1", TAKEN), ("eve-2", FREE)):
        client = client_of(make_user(name))
        form = {"email": address, "action_add": ""}
        page = client.post("/accounts/email/", form, follow=True).content.decode()
        pages.add(told(page.replace(f"{name}@example.org", "(own)")))
    assert len(pages) == 1


@contextmanager
def counted() -> Iterator[list[str]]:
    """The passwords that are made into digests, which is what takes the time."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append(password)
        return encode(self, password, salt)

    with mock.patch.object(MD5PasswordHasher, "encode", counting):
        yield made


@pytest.mark.usefixtures("ada")
def test_a_wrong_password_takes_as_long_for_anyone() -> None:
    made = {}
    Client().post(
        SIGNUP, {"username": "eve", "email": TAKEN, "password1": PASSWORD} | {"password2": PASSWORD}
    )
    for login in ("ada", TAKEN, "nobody", FREE):
        with counted() as passwords:
            page = Client().post(LOGIN, {"login": login, "password": "wrong-pass-7"})
        made[login] = len(passwords), told(page.content.decode()).replace(login, "")
    assert {digests for digests, _ in made.values()} == {1}, made
    assert made[TAKEN] == made[FREE]


def test_one_password_is_checked_where_a_username_is_an_address_that_others_have() -> None:
    for name in (TAKEN, "eve", "bob"):
        User.objects.create_user(name, TAKEN, PASSWORD)
    for password in ("wrong-pass-7", PASSWORD):
        client = Client()
        with counted() as passwords:
            client.post(LOGIN, {"login": TAKEN, "password": password})
        assert passwords == [password]
    assert client.session["_auth_user_id"] == str(User.objects.get(username=TAKEN).pk)


def test_a_deactivated_owner_is_told_and_nobody_else() -> None:
    user = make_user("ada")
    user.is_active = False
    user.save()
    told = Client().post(LOGIN, {"login": "ada", "password": PASSWORD})
    assert (told.status_code, told["Location"]) == (302, "/accounts/inactive/")
    assert Client().post(LOGIN, {"login": "ada", "password": "wrong-pass-7"}).status_code == 200


@pytest.mark.parametrize(
    "backend",
    [
        "django.contrib.auth.backends.ModelBackend",
        "allauth.account.auth_backends.AuthenticationBackend",
    ],
)
def test_somebody_whom_another_backend_let_in_stays_signed_in(backend: str) -> None:
    client = Client()
    client.force_login(make_user("ada"), backend)
    assert client.get("/accounts/name/").status_code == 200


@pytest.mark.usefixtures("ada")
def test_a_forgotten_password_is_mailed_to_either(mailoutbox: list[EmailMessage]) -> None:
    pages = {
        told(Client().post(RESET, {"email": email}, follow=True).content.decode())
        for email in (TAKEN, FREE)
    }
    assert len(pages) == 1
    assert [mail.to for mail in mailoutbox] == [[TAKEN], [FREE]], "and so takes as long"


def test_a_second_account_with_an_address_does_not_take_it_over() -> None:
    ada = make_user("ada")
    signed_up("eve-1", TAKEN)
    client = Client()
    client.post(LOGIN, {"login": TAKEN, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(ada.pk)


def test_accounts_without_an_address_are_as_many_as_one_likes() -> None:
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    for name in ("first", "second"):
        values = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
        form = values | {"usable_password": "true"}
        assert root.post("/admin/accounts/user/add/", form).status_code == 302
    assert User.objects.filter(email="").count() == 2
