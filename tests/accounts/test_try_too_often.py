"""Signing in too often in a short time."""

import base64
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import door
from accounts.backends import OnePassword
from accounts.models import Session, User
from tests.accounts.codes import REAUTHENTICATE, confirm, set_up_app, shown
from tests.factories import PASSWORD, client_of, make_user
from tests.throttling.minutes import HOUR, lengthen_minutes
from throttling.limits import Limit, look

pytestmark = pytest.mark.django_db
LOGIN, SIGNUP, STEPS = "/accounts/login/", "/accounts/signup/", "/accounts/2fa/"
ADMINS = "/admin/password_change/"
SCHOOL, HOME = "192.0.2.7", "198.51.100.9"


def answer(name: str, address: str, password: str) -> Any:
    return Client(REMOTE_ADDR=address).post(LOGIN, {"login": name, "password": password})


def tried(name: str, address: str) -> Any:
    """What a wrong password is answered."""
    return answer(name, address, "wrong-pass-7")


def signs_in(name: str, address: str) -> bool:
    return bool(answer(name, address, PASSWORD).status_code == 302)


def test_a_guesser_is_told_how_long_to_wait() -> None:
    make_user("ada")
    for _ in range(5):
        assert tried("ada", SCHOOL).status_code == 200
    refused = answer("ADA", SCHOOL, PASSWORD)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    page = refused.content.decode()
    assert "Too many wrong passwords for this name from your network address." in page
    assert "Wait 5 minutes" in page
    assert 'value="ADA"' in page, "what was typed is kept"


def test_the_owner_elsewhere_and_the_class_are_not_locked_out() -> None:
    for name in ("ada", "eve", "bob"):
        make_user(name)
    for name in ("ada", "eve"):
        for _ in range(5):
            tried(name, SCHOOL)
    assert signs_in("bob", SCHOOL), "ten wrong ones of others"
    assert signs_in("ada", HOME), "five wrong ones from elsewhere"
    assert not signs_in("ada", SCHOOL)
    assert not signs_in("ada@example.org", SCHOOL), "a name and its address are one account"


def test_a_class_of_a_hundred_signs_in_at_once() -> None:
    make_user("ada")
    assert all(signs_in("ada", SCHOOL) for _ in range(100))


def test_an_address_that_tries_many_names_is_refused() -> None:
    for number in range(100):
        tried(f"name-{number}", SCHOOL)
    refused = tried("another", SCHOOL)
    assert refused.status_code == 429
    page = refused.content.decode()
    assert "Too many wrong passwords from your network address. Wait 5 minutes" in page
    assert "for this name" not in page
    assert tried("another", HOME).status_code == 200


def test_a_try_counts_for_its_address_while_its_password_is_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(98):
        tried(f"name-{number}", SCHOOL)
    real, others = OnePassword.authenticate, ["second", "third", "fourth"]
    statuses: list[int] = []

    def checked_slowly(*args: Any, **credentials: Any) -> Any:
        """While each is checked, the next one comes."""
        if others:
            statuses.append(tried(others.pop(), SCHOOL).status_code)
        return real(*args, **credentials)

    monkeypatch.setattr(OnePassword, "authenticate", checked_slowly)
    assert tried("first", SCHOOL).status_code == 200
    assert sorted(statuses) == [200, 429]


def test_a_refused_try_and_a_right_password_do_not_count_for_the_address() -> None:
    for number in range(94):
        tried(f"name-{number}", SCHOOL)
    make_user("ada")
    for _ in range(20):
        tried("eve", SCHOOL)  # five of them are tried
        assert signs_in("ada", SCHOOL)
    assert tried("the hundredth", SCHOOL).status_code == 200
    assert not signs_in("ada", SCHOOL)


def signed_up(name: str, address: str = SCHOOL, **changes: str) -> Any:
    """What a form to sign up is answered."""
    form = {"username": name, "email": f"{name}@example.org", "password1": PASSWORD}
    client = Client(REMOTE_ADDR=address)
    return client.post(SIGNUP, form | {"password2": PASSWORD} | changes)


def expect_sign_up_refused(refused: Any, words: str, within: int = HOUR) -> None:
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= within
    page = refused.content.decode()
    assert words in page
    assert 'value="another"' in page, "what was typed is kept"
    assert not User.objects.filter(username="another").exists()


def test_typing_mistakes_of_a_class_take_nobody_s_place(monkeypatch: pytest.MonkeyPatch) -> None:
    lengthen_minutes(monkeypatch)
    for number in range(30):
        assert signed_up(f"pupil-{number}", password2="mistyped-battery").status_code == 200
        assert signed_up(f"pupil-{number}", email="").status_code == 200
        assert signed_up(f"pupil-{number}").status_code == 302
    for number in range(30, 60):
        assert signed_up(f"pupil-{number}").status_code == 302
    expect_sign_up_refused(signed_up("another"), "No more than 60 accounts can be created")
    assert signed_up("another", HOME).status_code == 302


def test_forms_to_sign_up_have_a_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lengthen_minutes(monkeypatch)
    statuses = [signed_up("", username="").status_code for _ in range(300)]
    assert set(statuses) == {200}
    expect_sign_up_refused(signed_up("another"), "Too many sign-up forms have been sent")


def test_forms_beyond_the_accounts_of_the_minute_do_not_prolong_the_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "ACCOUNTS", Limit("accounts of a test", most=1, seconds=60))
    forms = Limit("forms of a test", most=2, seconds=60)
    monkeypatch.setattr(door, "FORMS", forms)
    assert signed_up("ada").status_code == 302
    for _ in range(3):
        expect_sign_up_refused(signed_up("another"), "accounts can be created", within=60)
    assert look(forms, SCHOOL) is None


def test_an_account_beyond_those_of_the_minute_leaves_no_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two forms at once, both may have been looked at before either counts."""
    monkeypatch.setattr(door, "ACCOUNTS", Limit("accounts of a test", most=1, seconds=60))
    monkeypatch.setattr(door, "look", lambda *args, **options: None)
    assert signed_up("ada").status_code == 302
    refused = signed_up("eve")
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "can be created from one network address within a minute" in refused.content.decode()
    assert list(User.objects.values_list("username", flat=True)) == ["ada"]


def test_the_old_password_is_not_guessed_in_the_admin() -> None:
    """Its own page for this counts no tries, so it leads to the one that does."""
    root = make_user("root", is_staff=True, is_superuser=True)
    client, own = client_of(root), "/accounts/password/change/"
    new = {"password1": "another-horse-battery", "password2": "another-horse-battery"}
    old = {f"new_{name}": value for name, value in new.items()} | {"old_password": PASSWORD}
    for asked in (client.get(ADMINS), client.post(ADMINS, old)):
        assert (asked.status_code, asked["Location"]) == (302, own)
    root.refresh_from_db()
    assert root.check_password(PASSWORD)
    tried = [client.post(own, {"oldpassword": f"wrong-{n}"} | new) for n in range(6)]
    assert [it.status_code for it in tried] == [200] * 5 + [429]


def at_second_step(address: str) -> Client:
    client = Client(REMOTE_ADDR=address)
    assert client.post(LOGIN, {"login": "ada", "password": PASSWORD})["Location"].startswith(STEPS)
    return client


def expect_told(refused: Any, words: str = "Too many wrong codes for this account.") -> None:
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert f"{words} Wait 5 minutes" in refused.content.decode()


@pytest.mark.parametrize("field", ["code", "credential"])
def test_wrong_second_steps_are_counted_for_the_account_and_told(field: str) -> None:
    secret = set_up_app(client_of(make_user("ada")))
    path = f"{STEPS}authenticate/"
    wrong = {"code": "000000"} if field == "code" else {"credential": '{"id": "x"}'}
    for number in range(5):
        assert at_second_step(f"192.0.2.{number}").post(path, wrong).status_code == 200
    client = at_second_step(HOME)
    expect_told(client.post(path, wrong))
    expect_told(client.post(path, {"code": shown(secret, 1)}))
    assert "_auth_user_id" not in client.session


def test_right_second_steps_are_not_counted() -> None:
    secret = set_up_app(client_of(make_user("ada")))
    for _ in range(4):
        at_second_step(HOME).post(f"{STEPS}authenticate/", {"code": "000000"})
    assert at_second_step(HOME).post(f"{STEPS}authenticate/", {"code": shown(secret, 1)})
    again = at_second_step(HOME).post(f"{STEPS}authenticate/", {"code": "000000"})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("path", "wrong", "words"),
    [
        (REAUTHENTICATE, {"password": "wrong"}, "Too many wrong passwords for this name"),
        (f"{STEPS}reauthenticate/", {"code": "000000"}, "Too many wrong codes"),
        (f"{STEPS}totp/activate/", {"code": "000000"}, "Too many wrong codes"),
    ],
)
def test_every_other_place_that_asks_tells_the_time_to_wait(
    path: str, wrong: dict[str, str], words: str
) -> None:
    client = client_of(make_user("ada"))
    if "activate" in path:
        confirm(client)
    else:
        set_up_app(client)
    for _ in range(5):
        assert client.post(path, wrong).status_code in (200, 302)
    refused = client.post(path, wrong)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300
    assert words in refused.content.decode()


ODD = ["{}", "x", "[]", "7", '{"id": "x"}', '{"id": 7, "rawId": "é", "type": [], "response": {}}']
ODD += [
    '{"response": 7}',
    '{"response": {"userHandle": "x"}}',
    '{"response": {"userHandle": "_w"}}',
]
ODD += ["[" * 1000, '{"a":' * 1000, f'{{"id":{"9" * 5000}}}', "[NaN]", '"\\ud800"']


def nested_beneath(key: str) -> str:
    """An answer whose own parts are in order, with binary data that is nested too deeply."""
    told = {"type": "webauthn.create", "challenge": "a", "origin": "https://testserver"}
    deep = b"\x81" * 5000
    response = {
        "clientDataJSON": coded(json.dumps(told).encode()),
        "attestationObject": coded(deep),
        "authenticatorData": coded(bytes(32) + b"\xc1" + bytes(4 + 16 + 2) + deep),
        "signature": coded(b"x"),
        "userHandle": coded(key.encode()),
    }
    whole = {"id": "eA", "rawId": "eA", "type": "public-key", "response": response}
    return json.dumps(whole | {"clientExtensionResults": {}})


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


ODD.append(nested_beneath("1"))


@pytest.mark.parametrize("credential", ODD)
def test_what_no_device_would_answer_is_refused_in_words(credential: str) -> None:
    client = client_of(make_user("ada"))
    alone = Client().post(f"{STEPS}webauthn/login/", {"credential": credential}, follow=True)
    assert alone.redirect_chain == [(LOGIN, 302)]
    page = alone.content.decode()
    assert '<div class="messages' in page
    assert "This field" not in page
    confirm(client)
    added = client.post(f"{STEPS}webauthn/add/", {"credential": credential, "name": "x"})
    assert added.status_code == 200
    assert not Authenticator.objects.exists()
    set_up_app(client)
    again = client.post(f"{STEPS}webauthn/reauthenticate/", {"credential": credential})
    assert again.status_code == 302
    after_password = at_second_step(HOME).post(f"{STEPS}authenticate/", {"credential": credential})
    assert after_password.status_code == 200


def test_passkeys_alone_are_counted_by_address() -> None:
    path = f"{STEPS}webauthn/login/"
    statuses = [Client().post(path, {"credential": '{"id": "x"}'}).status_code for _ in range(120)]
    assert set(statuses) == {302}
    refused = Client().post(path, {"credential": '{"id": "x"}'})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 60
    page = refused.content.decode()
    assert "Too many sign-ins with a passkey have been tried from your network address." in page
    assert Client(REMOTE_ADDR=HOME).post(path, {"credential": '{"id": "x"}'}).status_code == 302


@pytest.mark.parametrize(
    "headers", [{"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}]
)
def test_asking_what_a_passkey_is_to_sign_counts_and_fills_no_table(
    headers: dict[str, str],
) -> None:
    path = f"{STEPS}webauthn/login/"
    statuses = [Client().get(path, headers=headers).status_code for _ in range(125)]
    assert statuses == [200] * 120 + [429] * 5
    assert Session.objects.count() == 120
    assert Client().post(path, {"credential": '{"id": "x"}'}).status_code == 429
    assert Client().get(path).status_code == 302, "which asks for nothing"
    assert Client(REMOTE_ADDR=HOME).get(path, headers=headers).status_code == 200


FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("name", ["ada", "ada@example.org"])
@pytest.mark.parametrize("wide", ["@", ".", "a", "ADA@EXAMPLE.ORG", "name"])
def test_how_a_name_is_spelled_tells_nobody_whether_it_exists(
    name: str, wide: str, exists: bool
) -> None:
    """All spellings that would sign in to one account count together, also where there is none."""
    if exists:
        make_user("ada")
    spelled = {
        "ADA@EXAMPLE.ORG": name.upper().translate(FULL_WIDTH),
        "name": f"\u3000{name}\u00a0",
    }.get(wide, name.replace(wide, wide.translate(FULL_WIDTH)))
    assert [tried(spelled, SCHOOL).status_code for _ in range(5)] == [200] * 5
    assert tried(name, SCHOOL).status_code == 429
    assert tried(name, HOME).status_code == 200
