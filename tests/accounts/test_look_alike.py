"""A username is not to be mistaken for another account's."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from accounts.usernames import skeleton
from tests.accounts.test_sign_up import LOGIN, SIGNUP, signed_in, signup_form
from tests.factories import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/user/add/"


def signed_up(**changes: str) -> str:
    """What the page says; "" if there is an account now."""
    form = signup_form(**{"email": "new@example.org"} | changes)
    response = Client().post(SIGNUP, form)
    return "" if response.status_code == 302 else response.content.decode()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("stud１", "already exists"),
        ("ｓtud1", "already exists"),
        ("ѕtud1", "“ѕtud1” looks like it"),
        ("stud١", "“stud١” looks like it"),
        ("ſtud1", "already exists"),
        ("STUD1", "already exists"),
        ("ѕtuԁ1x", "mixes scripts: “ԁ” is Cyrillic, “x” is Latin"),
        ("аnna", "mixes scripts"),
        ("ada@example.org", "A username with @ has to be your own email address"),
        ("ADA@example.org", "A username with @ has to be your own email address"),
        ("at@nowhere", "A username with @ has to be your own email address"),
        ("сосо", "There is an account “coco” already, and “сосо” looks like it"),
        ("ﷺ" * 9, "shorten it"),
    ],
)
def test_a_name_that_could_be_anothers_is_refused(name: str, told: str) -> None:
    for taken in ("stud1", "ada", "coco"):
        make_user(taken)
    page = signed_up(username=name)
    assert told in page
    assert User.objects.count() == 3


@pytest.mark.parametrize(
    "name", ["анна", "עדה", "李雷ab", "カナー", "김ab", "ñandú", "zoë-2", "x.y+z_1"]
)
def test_names_of_any_script_are_welcome(name: str) -> None:
    make_user("stud1")
    assert signed_up(username=name) == ""
    assert User.objects.filter(username=name).exists()


@pytest.mark.parametrize("name", ["\u3164", "stud1\u115f", "\uffa0\u1160ab"])
def test_a_name_has_no_letter_that_cannot_be_seen(name: str) -> None:
    make_user("stud1")
    page = signed_up(username=name)
    assert "This username has an invisible character (U+11" in page
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    form = {"username": name, "usable_password": "false"}
    assert "an invisible character" in root.post(ADD, form).content.decode()
    assert set(User.objects.values_list("username", flat=True)) == {"stud1", "root"}


def test_ones_own_address_may_be_the_username() -> None:
    assert signed_up(username="new@example.org") == ""


def test_a_full_width_name_is_kept_and_found_in_plain_letters() -> None:
    assert signed_up(username="ｎｅｗ１", password1=PASSWORD, password2=PASSWORD) == ""
    assert User.objects.get().username == "new1"
    for typed in ("new1", "ｎｅｗ１", "NEW1"):
        client = Client()
        client.post(LOGIN, {"login": typed, "password": PASSWORD})
        assert signed_in(client), typed


def test_administrators_and_commands_are_told_too() -> None:
    make_user("stud1")
    admin = client_of(make_user("root", is_staff=True, is_superuser=True))
    form = {"username": "ѕtud1", "email": "x@example.org", "usable_password": "false"}
    assert "looks like it" in admin.post(ADD, form).content.decode()
    with pytest.raises(ValidationError, match="looks like it"):
        User.objects.create_user("ѕtud1", "x@example.org")
    assert User.objects.count() == 2


def test_older_accounts_keep_their_names_and_work() -> None:
    make_user("stud1")
    User.objects.bulk_create([User(username="ѕtud1", email="x@example.org")])
    older = User.objects.get(username="ѕtud1")
    older.set_password(PASSWORD)
    older.full_clean()
    older.save()
    client = Client()
    client.post(LOGIN, {"login": "ѕtud1", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(older.pk)
    admin = client_of(make_user("root", is_staff=True, is_superuser=True))
    page = f"/admin/accounts/user/{older.pk}/change/"
    assert "looks like it" not in admin.post(page, {"username": "ѕtud1"}).content.decode()


def test_the_oldest_of_those_that_look_alike_has_the_skeleton() -> None:
    names = ["stud1", "ѕtud1", "other"]
    User.objects.bulk_create([User(username=name) for name in names])
    import_module("accounts.migrations.0006_usernames_that_look_alike").fill(apps, None)
    kept = dict(User.objects.values_list("username", "skeleton"))
    assert kept == {"stud1": "stud1", "ѕtud1": None, "other": "other"}
    assert skeleton("ѕtud1") == "stud1"
