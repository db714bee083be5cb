"""The links in mails: what has become of one is said, and whether one was sent."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.codes import set_up_app
from tests.accounts.test_sign_up import RESET, SIGNUP, signup_form
from tests.factories import PASSWORD, client_of, make_teacher, make_user

pytestmark = pytest.mark.django_db
EMAIL, DELETE, CONFIRM = "/accounts/email/", "/me/delete/", "/accounts/reauthenticate/"
SHARED = "shared@example.org"
NONE_SENT = f"No link to confirm {SHARED} was mailed now"


def link(mail: EmailMessage, words: str) -> str:
    found = re.search(rf"http://testserver(/accounts/{words}/\S+)", str(mail.body))
    assert found is not None, mail.body
    return found[1]


def signed_up(name: str) -> tuple[Client, str]:
    client = Client()
    page = client.post(SIGNUP, signup_form(username=name, email=SHARED), follow=True)
    return client, page.content.decode()


def test_each_account_with_an_address_has_its_own_link(mailoutbox: list[EmailMessage]) -> None:
    for name in ("ada", "eve"):
        client, page = signed_up(name)
        assert f"Confirmation email sent to {SHARED}" in page
        assert NONE_SENT not in page
    assert [mail.to for mail in mailoutbox] == [[SHARED], [SHARED]]
    assert client.post(link(mailoutbox[1], "confirm-email")).status_code == 302
    assert EmailAddress.objects.get(verified=True).user.username == "eve"


def test_it_is_said_when_no_link_was_sent_and_where_to_have_one(
    mailoutbox: list[EmailMessage],
) -> None:
    for name in ("ada", "eve", "kim"):
        signed_up(name)
    client, page = signed_up("zoe")
    assert len(mailoutbox) == 3
    assert NONE_SENT in page
    assert "“Re-send Verification”" in page
    again = client.post(EMAIL, {"email": SHARED, "action_send": ""}, follow=True)
    assert NONE_SENT in again.content.decode()
    other = client_of(make_user("bob")).post(
        EMAIL, {"email": SHARED, "action_add": ""}, follow=True
    )
    assert NONE_SENT in other.content.decode()
    for nobodys in ("x@example.org", "x\0@example.org", ""):
        unknown = client.post(EMAIL, {"email": nobodys, "action_send": ""}, follow=True)
        assert unknown.status_code == 200
        assert "was mailed now" not in unknown.content.decode()
    step = client.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
    assert "follow the link in our mail. None there?" in step
    assert "that was mailed to you" not in step


def test_a_link_to_confirm_that_is_used_or_unknown_is_not_found(
    mailoutbox: list[EmailMessage],
) -> None:
    client, _ = signed_up("ada")
    address = link(mailoutbox[0], "confirm-email")
    assert client.get(address).status_code == 200
    client.post(address)
    for used in (address, "/accounts/confirm-email/no-key/"):
        page = Client().get(used)
        assert page.status_code == 404
        assert "This link no longer works" in page.content.decode()
        assert "issue a new" not in page.content.decode()
        assert f'href="{EMAIL}"' in page.content.decode()


def test_a_link_for_a_new_password_that_is_used_or_unknown_is_not_found(
    mailoutbox: list[EmailMessage],
) -> None:
    make_user("ada")
    Client().post(RESET, {"email": "ada@example.org"})
    address, client = link(mailoutbox[0], "password/reset/key"), Client()
    form = client.get(address)["Location"]
    new = "a-quite-new-pass-9"
    assert "Choose a new password" in client.get(form).content.decode()
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    for used in (address, "/accounts/password/reset/key/1-no-key/"):
        page = Client().get(used)
        assert page.status_code == 404
        assert "This link no longer works" in page.content.decode()
        assert "Token" not in page.content.decode().partition("<main")[2].partition("</h1>")[0]
        assert f'href="{RESET}"' in page.content.decode()


def test_a_class_chooses_new_passwords_at_once_after_mistyping_them(
    mailoutbox: list[EmailMessage],
) -> None:
    for number in range(21):
        user, client = make_user(f"pupil-{number}"), Client()
        # The links are asked for elsewhere: mails have a limit of their own.
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(RESET, {"email": user.email})
        form = client.get(link(mailoutbox[-1], "password/reset/key"))["Location"]
        for password, status in (("short", 200), ("a-quite-new-pass-9", 302)):
            both = {"password1": password, "password2": password}
            assert client.post(form, both).status_code == status


def button(page: str) -> str:
    return str(re.findall(r'<button class="primary">(.*?)</button>', page)[-1])


def test_the_button_that_deletes_an_account_says_so() -> None:
    client = client_of(make_user("ada"))
    asked = client.post(DELETE, follow=True)
    page = " ".join(asked.content.decode().split())
    assert button(page) == "Delete it all for good"
    assert "your account is deleted with everything of yours, for good" in page
    assert "eauthenticate to" not in page
    wrong = client.post(CONFIRM, {"password": "wrong", "next": DELETE}).content.decode()
    assert button(wrong) == "Delete it all for good"
    client.post(CONFIRM, {"password": PASSWORD, "next": DELETE})
    assert not User.objects.exists()


def test_a_page_that_only_opens_promises_nothing_else() -> None:
    client = client_of(make_user("ada"))
    for kept in (False, True):
        if kept:
            client.post(DELETE)  # and then something else is wanted
        page = client.get("/accounts/2fa/totp/activate/", follow=True).content.decode()
        assert button(page) == "Continue"
        assert "delete" not in page.partition("<main")[2].partition("</main>")[0]


def test_turning_the_app_off_is_named_where_it_follows_at_once() -> None:
    client = client_of(make_user("ada"))
    set_up_app(client)
    session = client.session
    session["account_authentication_methods"] = []  # it was too long ago
    session.save()
    page = client.post("/accounts/2fa/totp/deactivate/", follow=True).content.decode()
    assert button(page) == "Turn the app off"


def test_usernames_and_slugs_are_refused_in_plain_words() -> None:
    spaced = Client().post(SIGNUP, signup_form(username="a b")).content.decode()
    assert "this one has a space: leave it out" in spaced
    starred = Client().post(SIGNUP, signup_form(username="a*")).content.decode()
    assert "and this one has “*”: leave it out" in starred
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    values = {"username": "a b", "password1": PASSWORD, "password2": PASSWORD}
    added = root.post("/admin/accounts/user/add/", values | {"usable_password": "true"})
    assert "A username has letters, digits and @ . + - _ only: leave out" in added.content.decode()
    grace = client_of(make_teacher("grace"))
    topic = grace.post("/admin/lessons/topic/add/", {"slug": "two words"}).content.decode()
    assert "A slug is part of an address: the letters a to z" in topic
    for page in (spaced, starred, added.content.decode(), topic):
        assert "Enter a valid" not in page
