"""A form of an account sent twice at the same moment: one is done, the other is told."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError
from django.db.models import Model
from django.test import Client

from accounts.forms import ForgottenPasswordForm, NewPasswordForm, SignUpForm
from accounts.models import User
from tests.accounts.codes import ACTIVATE, confirm, shown
from tests.accounts.test_sign_up import SIGNUP, mailed_link, signed_in, signup_form
from tests.factories import PASSWORD, client_of, make_user
from tests.faults.meeting import Meeting

pytestmark = pytest.mark.django_db(transaction=True)
MAILS, ADD = "/accounts/email/", "/admin/accounts/user/add/"
OTHER = "another-horse-battery"


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str, Callable[[], object]], None]:
    """Once the form has been checked, and before `method` writes, the other request is done."""

    def before(owner: Any, method: str, other: Callable[[], object]) -> None:
        real, waiting = getattr(owner, method), [other]

        def late(*args: Any, **options: Any) -> Any:
            if waiting:
                waiting.pop()()
            return real(*args, **options)

        monkeypatch.setattr(owner, method, late)

    return before


Meanwhile = Callable[[Any, str, Callable[[], object]], None]


@pytest.mark.parametrize("username", ["ada", "Ada"])
def test_the_second_sign_up_is_told_that_the_name_is_taken(
    meanwhile: Meanwhile, username: str
) -> None:
    first = Client()
    meanwhile(SignUpForm, "save", lambda: first.post(SIGNUP, signup_form()))
    second = Client()
    refused = second.post(SIGNUP, signup_form(username=username, email="other@example.org"))
    assert signed_in(first)
    assert refused.status_code == 200
    assert f'value="{username}"' in refused.content.decode(), "what was typed is kept"
    assert "already" in refused.content.decode()
    assert not signed_in(second)
    assert User.objects.get().username == "ada"
    assert EmailAddress.objects.get().email == "ada@example.org"


def test_the_second_of_two_new_addresses_is_told(meanwhile: Meanwhile) -> None:
    ada = make_user("ada")
    client, form = client_of(ada), {"action_add": "", "email": "new@example.org"}
    other = client_of(ada)
    meanwhile(Model, "save_base", lambda: other.post(MAILS, form))
    assert client.post(MAILS, form).status_code in (200, 302)
    assert EmailAddress.objects.filter(user=ada, email="new@example.org").count() == 1


def test_the_second_who_adds_a_person_is_told(meanwhile: Meanwhile) -> None:
    form = {"username": "eve", "email": "eve@example.org", "usable_password": "true"}
    form |= {"password1": OTHER, "password2": OTHER}
    root = make_user("root", is_staff=True, is_superuser=True)
    one, other = client_of(root), client_of(root)
    meeting = Meeting()
    told: list[Any] = []
    meanwhile(User, "save", meeting.pause)
    meeting.meet(
        lambda: told.append(one.post(ADD, form)), lambda: told.append(other.post(ADD, form))
    )
    assert sorted(response.status_code for response in told) == [200, 302]
    assert any("already" in response.content.decode() for response in told)
    assert User.objects.filter(username="eve").count() == 1


def test_an_app_that_is_set_up_twice_is_one(
    meanwhile: Meanwhile, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_user("ada")
    client = client_of(ada)
    confirm(client)
    page = client.get(ACTIVATE).content.decode()
    code = shown(re.findall(r'<code class="key">(\w+)</code>', page)[0])
    other = Client()
    other.cookies = client.cookies
    meanwhile(TOTP, "activate", lambda: other.post(ACTIVATE, {"code": code}))
    assert client.post(ACTIVATE, {"code": code}).status_code == 302
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_of_three_with_one_reset_link_one_is_told_that_it_worked(meanwhile: Meanwhile) -> None:
    ada = make_user("ada")
    link = mailed_link(ada.email)
    clients = [Client() for _ in range(3)]
    [path] = {client.get(link)["Location"] for client in clients}
    new = [{"password1": f"{OTHER}-{number}", "password2": f"{OTHER}-{number}"} for number in "012"]
    told: list[Any] = []

    def others() -> None:
        told.extend(
            client.post(path, form) for client, form in zip(clients[:2], new[:2], strict=True)
        )

    meanwhile(ForgottenPasswordForm, "save", others)
    told.append(clients[2].post(path, new[2]))
    assert [response.status_code for response in told] == [302, 404, 404]
    for late in told[1:]:
        assert "This one has been used already" in late.content.decode()
    works = [Client().login(username="ada", password=form["password1"]) for form in new]
    assert works == [True, False, False]


def test_of_two_changes_of_a_password_one_is_told_that_it_worked(meanwhile: Meanwhile) -> None:
    ada = make_user("ada")
    one, other = client_of(ada), client_of(ada)
    path = "/accounts/password/change/"
    first = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    second = first | {"password1": f"{OTHER}-2", "password2": f"{OTHER}-2"}
    meanwhile(NewPasswordForm, "save", lambda: one.post(path, first))
    late = other.post(path, second)
    assert late.status_code == 200, "the form again: the old password is no longer right"
    assert Client().login(username="ada", password=OTHER)
    assert not Client().login(username="ada", password=f"{OTHER}-2")


def test_an_account_is_made_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*args: object) -> None:
        raise IntegrityError("an address that another account has confirmed meanwhile")

    with monkeypatch.context() as during:
        during.setattr("accounts.forms.setup_user_email", taken)
        client = Client(raise_request_exception=False)
        assert client.post(SIGNUP, signup_form()).status_code == 500
    assert not User.objects.exists()
    assert Client().post(SIGNUP, signup_form()).status_code == 302
