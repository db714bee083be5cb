"""One address gets few mails about forgotten passwords, however many accounts state it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import User
from tests.accounts.test_sign_up import RESET, SIGNUP, signup_form
from tests.factories import PASSWORD, client_of, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
VICTIM = "victim@example.org"
LINK = r"http://testserver(/accounts/password/reset/key/\S+)"
NEW = "a-quite-new-pass-9"


def asked(email: str, address: str = "192.0.2.7") -> tuple[int, str]:
    """What somebody who has forgotten a password is answered."""
    answer = Client(REMOTE_ADDR=address).post(RESET, {"email": email})
    return answer.status_code, answer.content.decode()


def signed_up(*names: str) -> None:
    for name in names:
        Client().post(SIGNUP, signup_form(username=name, email=VICTIM))


def links(mail: EmailMessage) -> dict[str, str]:
    """By the account's name."""
    return dict(re.findall(rf"“(\S+)”:\s+{LINK}", str(mail.body)))


def test_one_mail_names_each_account_with_its_link(mailoutbox: list[EmailMessage]) -> None:
    signed_up("ada", "eve", "kim")
    mailoutbox.clear()
    assert asked(VICTIM)[0] == 302
    (sent,) = mailoutbox
    assert (sent.to, sorted(links(sent))) == ([VICTIM], ["ada", "eve", "kim"])
    client = Client()
    form = client.get(links(sent)["eve"])["Location"]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    for name, password in (("ada", PASSWORD), ("eve", NEW), ("kim", PASSWORD)):
        assert Client().login(username=name, password=password), name


def test_many_accounts_make_neither_a_long_mail_nor_push_the_first_out(
    mailoutbox: list[EmailMessage],
) -> None:
    signed_up(*(f"pupil-{number}" for number in range(14)))
    Client().post(LOGIN, {"login": "pupil-7", "password": PASSWORD})
    mailoutbox.clear()
    asked(VICTIM)
    (sent,) = mailoutbox
    named = links(sent).keys()
    assert len(named) == 10
    assert {"pupil-0", "pupil-4", "pupil-7"} <= named
    assert "There are 4 more accounts with this address" in str(sent.body)


def test_an_address_that_is_confirmed_is_mailed_for_its_owner_alone(
    mailoutbox: list[EmailMessage],
) -> None:
    signed_up("ada", "eve")
    gone = make_user("gone")
    User.objects.filter(pk=gone.pk).update(email=VICTIM, is_active=False)
    EmailAddress.objects.filter(user__username="eve").update(verified=True)
    mailoutbox.clear()
    asked(VICTIM)
    assert links(mailoutbox[0]).keys() == {"eve"}


def test_the_deactivated_are_not_mailed_a_link(mailoutbox: list[EmailMessage]) -> None:
    make_user("victim", is_active=False)
    asked(VICTIM)
    (sent,) = mailoutbox
    assert not re.search(LINK, str(sent.body))


# All are delivered to one mailbox: a mail goes to the host's name in ASCII, also of the last one.
SPELLINGS = [VICTIM, VICTIM.upper(), "Victim@example.org", "victim@ｅxample.org"]


@pytest.mark.parametrize("exists", [True, False])
def test_an_address_gets_few_mails_within_an_hour(
    exists: bool, mailoutbox: list[EmailMessage]
) -> None:
    if exists:
        make_user("victim")
    answers = [asked(SPELLINGS[number % 4], f"192.0.2.{number}") for number in range(9)]
    assert [status for status, _ in answers] == [302] * 3 + [429] * 6
    assert len(mailoutbox) == 3
    page = answers[-1][1]
    assert "3 mails about a new password" in page
    assert "Wait 60 minutes" in page
    assert f'value="{VICTIM}"' in page, "what was typed is kept"
    assert asked("somebody.else@example.org")[0] == 302


def test_one_who_asks_for_many_addresses_is_refused(mailoutbox: list[EmailMessage]) -> None:
    statuses = [asked(f"somebody-{number}@example.org")[0] for number in range(22)]
    assert statuses == [302] * 20 + [429] * 2
    assert asked("somebody-21@example.org", "198.51.100.9")[0] == 302
    assert len(mailoutbox) == 21


@pytest.mark.parametrize("path", [RESET, SIGNUP])
def test_a_host_that_cannot_be_written_to_is_refused(
    path: str, mailoutbox: list[EmailMessage]
) -> None:
    """In ASCII, as mails need it, this name has more than 63 characters."""
    email = f"ada@{'ü' * 60}.org"
    page = Client().post(path, signup_form(email=email))
    assert page.status_code == 200
    assert "No mail can be sent to this address" in page.content.decode()
    assert (User.objects.count(), mailoutbox) == (0, [])


def test_an_administrator_gives_nobody_such_an_address_either() -> None:
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    form = {"username": "ada", "email": f"ada@{'ü' * 60}.org", "usable_password": "true"}
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    page = root.post("/admin/accounts/user/add/", form | passwords)
    assert "No mail can be sent to this address" in page.content.decode()
    assert User.objects.count() == 1
