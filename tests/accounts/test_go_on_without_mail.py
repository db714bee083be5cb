"""While the mail server takes no mail, nothing fails, nothing counts, and pages say so."""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django.fixtures import Settings
from structlog.testing import capture_logs

from accounts.models import User
from tests.accounts.test_sign_up import RESET, SIGNUP, signed_in, signup_form
from tests.factories import client_of, make_user

pytestmark = pytest.mark.django_db
EMAIL, ADA = "/accounts/email/", "ada@example.org"
NOT_TAKEN = "was mailed now: our mail server did not accept the mail. Wait 60 seconds"


def know_nobody(server: socket.socket) -> None:
    """A mail server that refuses every recipient."""
    while True:
        try:
            client, _ = server.accept()
        except OSError:
            return  # the test is over
        with client, suppress(OSError), client.makefile("rb") as lines:
            client.sendall(b"220 Ready\r\n")
            for line in lines:
                refused = line.startswith(b"rcpt")
                client.sendall(b"550 Unknown\r\n" if refused else b"250 Well\r\n")


@pytest.fixture(params=["is away", "says nothing", "knows nobody"])
def works(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """A mail server that is out of order; the backend that delivers as before."""
    backend = settings.EMAIL_BACKEND
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()[:2]
        assert settings.EMAIL_TIMEOUT  # without it, a silent server would be waited for without end
        settings.EMAIL_TIMEOUT /= 100
        if request.param == "knows nobody":
            Thread(target=know_nobody, args=[server], daemon=True).start()
        elif request.param == "is away":
            server.close()
        yield backend
        if request.param == "knows nobody":
            server.shutdown(socket.SHUT_RDWR)  # `accept` ends


def test_signing_up_goes_on_and_the_link_follows_later(
    works: str, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    client = Client()
    page = client.post(SIGNUP, signup_form(), follow=True).content.decode()
    assert signed_in(client)
    assert User.objects.get().username == "ada"
    for _ in range(4):
        assert f"No link to confirm {ADA} {NOT_TAKEN}" in page
        assert "Confirmation email sent" not in page
        form = {"email": ADA, "action_send": ""}
        page = client.post(EMAIL, form, follow=True).content.decode()
    settings.EMAIL_BACKEND = works
    page = client.post(EMAIL, form, follow=True).content.decode()
    assert f"Confirmation email sent to {ADA}" in page
    assert [mail.to for mail in mailoutbox] == [[ADA]]


@pytest.mark.usefixtures("works")
def test_a_further_address_is_kept_and_its_link_follows_later() -> None:
    client, new = client_of(make_user("ada")), "new@example.org"
    form = {"email": new, "action_add": ""}
    page = client.post(EMAIL, form, follow=True).content.decode()
    assert f"No link to confirm {new} {NOT_TAKEN}" in page
    assert EmailAddress.objects.filter(email=new, verified=False).exists()


@pytest.mark.parametrize("exists", [True, False])
def test_a_forgotten_password_can_be_asked_for_again(
    exists: bool, works: str, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    if exists:
        make_user("ada")
    for _ in range(4):
        with capture_logs() as logs:
            refused = Client().post(RESET, {"email": ADA})
        assert (refused.status_code, refused["Retry-After"]) == (503, "60")
        page = refused.content.decode()
        assert "No mail could be sent: our mail server did not accept it." in page
        assert f'value="{ADA}"' in page, "what was typed is kept"
        (said,) = [it for it in logs if it["event"] == "mail_not_sent"]
        assert ADA not in str(said)
    settings.EMAIL_BACKEND = works
    assert [Client().post(RESET, {"email": ADA}).status_code for _ in range(4)] == [302] * 3 + [429]
    assert [mail.to for mail in mailoutbox] == [[ADA]] * 3


@pytest.mark.usefixtures("works")
def test_requests_keep_their_bound_for_a_network_address() -> None:
    answers = [Client().post(RESET, {"email": f"{n}@example.org"}) for n in range(21)]
    assert [it.status_code for it in answers] == [503] * 20 + [429]
    assert "Too many links to choose a new password have been" in answers[-1].content.decode()


@pytest.mark.usefixtures("works")
def test_a_script_is_told_why_too() -> None:
    refused = Client().post(RESET, {"email": ADA}, headers={"X-Requested-With": "XMLHttpRequest"})
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert "our mail server did not accept it" in refused.content.decode()


def test_an_address_that_no_host_can_have_is_said_to_get_no_mail() -> None:
    """An author may have given it, or a command."""
    user = User.objects.create_user("ada", f"ada@{'ü' * 60}.org")
    client = client_of(user)
    client.get(EMAIL)
    form = {"email": user.email, "action_send": ""}
    page = client.post(EMAIL, form, follow=True).content.decode()
    assert re.search(rf"No link to confirm {user.email} {NOT_TAKEN}", page)
