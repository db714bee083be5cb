"""A new password has characters that can be seen; an older one goes on working."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.test_sign_up import SIGNUP, mailed_link, signup_form
from tests.factories import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db
UNSEEN = {
    "direction": "\u202e" * 20,
    "blanks": " \u00a0\u2003" * 7,
    "zero width": "\u200b\u200d\ufeff\u2060" * 5,
    "fillers": "\u3164\u115f\u2800\uffa0" * 5,
    "marks": "\ufe0f\u034f\u0301" * 7,
    "controls": "\u0001\u0002" * 10,
    "hardly any": "abc" + "\u202e" * 17,
}
TOLD = "Most of this password cannot be seen"


def new(password: str) -> dict[str, str]:
    return {"password1": password, "password2": password}


@pytest.mark.parametrize("password", UNSEEN.values(), ids=UNSEEN)
def test_no_account_is_made_with_a_password_that_cannot_be_seen(password: str) -> None:
    response = Client().post(SIGNUP, signup_form(**new(password)))
    assert TOLD in response.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    ["пароль-мой", "パスワードです長い", "हिन्दी में लिखा", "🐙🦀🐠🐡🦑🐬🐳🦈", "a b c d e f"],
)
def test_any_script_can_be_seen(password: str) -> None:
    assert Client().post(SIGNUP, signup_form(**new(password))).status_code == 302
    assert User.objects.get().check_password(password)


def test_a_short_one_that_can_be_seen_is_called_short() -> None:
    response = Client().post(SIGNUP, signup_form(**new("abc")))
    assert "too short" in response.content.decode()
    assert TOLD not in response.content.decode()


def test_none_is_changed_or_set_or_given_to_one() -> None:
    ada, eve = make_user("ada"), make_user("eve")
    root = make_user("root", is_staff=True, is_superuser=True)
    without = make_user("without")
    without.set_unusable_password()
    without.save()
    form = new(UNSEEN["direction"])
    link = Client()
    key = link.get(mailed_link("eve@example.org"), follow=True).request["PATH_INFO"]
    change = "/accounts/password/change/"
    given = {"usable_password": "true"} | form
    for client, path, sent in (
        (client_of(ada), change, {"oldpassword": PASSWORD} | form),
        (client_of(without), "/accounts/password/set/", form),
        (link, key, form),
        (client_of(root), f"/admin/accounts/user/{ada.pk}/password/", given),
    ):
        response = client.post(path, sent)
        assert response.status_code == 200, path
        assert TOLD in response.content.decode(), path
    for user in (ada, eve):
        assert Client().login(username=user.username, password=PASSWORD)
    without.refresh_from_db()
    assert not without.has_usable_password()


def test_an_older_one_goes_on_working() -> None:
    ada = make_user("ada")
    ada.set_password(UNSEEN["direction"])
    ada.save()
    form = {"login": "ada", "password": UNSEEN["direction"]}
    assert Client().post("/accounts/login/", form).status_code == 302
