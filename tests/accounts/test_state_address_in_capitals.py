"""An address is the same in upper and lower case, also where it is kept as it was typed."""

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from tests.accounts.test_mail_few import asked, links
from tests.factories import PASSWORD, client_of

pytestmark = pytest.mark.django_db
TYPED, LOWER = "Ada@example.org", "ada@example.org"


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch) -> User:
    """The first account of a platform."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", username="ada", email=TYPED, interactive=False, verbosity=0)
    user = User.objects.get()
    assert user.email == TYPED
    return user


@pytest.mark.parametrize("asked_for", [TYPED, LOWER, "ADA@EXAMPLE.ORG"])
@pytest.mark.usefixtures("ada")
def test_a_forgotten_password_is_replaced(asked_for: str, mailoutbox: list[EmailMessage]) -> None:
    assert asked(asked_for)[0] == 302
    (sent,) = mailoutbox
    assert (sent.to, list(links(sent))) == ([LOWER], ["ada"])
    client, new = Client(), "a-quite-new-pass-9"
    form = client.get(links(sent)["ada"])["Location"]
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert client.login(username="ada", password=new)


def test_its_owner_signs_in_with_it_and_confirms_it(
    ada: User, mailoutbox: list[EmailMessage]
) -> None:
    for typed in (TYPED, LOWER):
        form = {"login": typed, "password": PASSWORD}
        assert Client().post("/accounts/login/", form).status_code == 302
    client = client_of(ada)
    for _ in range(2):
        page = client.get("/accounts/email/")
        assert page.status_code == 200
    assert EmailAddress.objects.get().email == LOWER
    client.post("/accounts/email/", {"email": TYPED, "action_send": ""})
    assert [mail.to for mail in mailoutbox] == [[LOWER]]


@pytest.mark.usefixtures("ada")
def test_no_other_account_takes_what_its_owner_has_confirmed(
    mailoutbox: list[EmailMessage],
) -> None:
    client = client_of(User.objects.get())
    client.get("/accounts/email/")
    EmailAddress.objects.update(verified=True)
    User.objects.create_user("eve", TYPED, PASSWORD)
    asked(TYPED)
    assert links(mailoutbox[0]).keys() == {"ada"}
