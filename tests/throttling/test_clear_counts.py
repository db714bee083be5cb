"""An operator lets a class go on whose address has reached a limit."""

import itertools
from io import StringIO
from typing import Any

import pytest
from allauth.account import app_settings as accounts
from allauth.mfa import app_settings as mfa
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from tests import servers
from tests.factories import PASSWORD
from tests.throttling.minutes import lengthen_minutes
from tests.throttling.test_share_counts import use
from throttling.addresses import UNKNOWN
from throttling.limits import Limit, take

pytestmark = pytest.mark.django_db
SCHOOL, HOME = "2001:db8:0:7::1", "2001:db8:0:8::1"


def signed_up(name: str, address: str) -> Any:
    form = {"username": name, "email": f"{name}@example.org", "password1": PASSWORD}
    return Client(REMOTE_ADDR=address).post("/accounts/signup/", form | {"password2": PASSWORD})


def cleared(address: str) -> str:
    out = StringIO()
    call_command("clear_counts", address, stdout=out)
    return out.getvalue()


def test_all_counts_of_an_address_begin_again_and_no_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengthen_minutes(monkeypatch)
    with servers.redis_server() as broker:
        use(settings, broker.url)
        for number in range(60):
            assert signed_up(f"pupil-{number}", SCHOOL).status_code == 302
            assert signed_up(f"other-{number}", HOME).status_code == 302
        assert signed_up("ada", SCHOOL).status_code == 429
        assert "Cleared for 2001:db8:0:7::/64: 2." in cleared("2001:db8:0:7::99")
        assert signed_up("ada", SCHOOL).status_code == 302
        assert signed_up("eve", HOME).status_code == 429
        assert "Nothing is counted for 192.0.2.1" in cleared("192.0.2.1")


FORMS = [
    ("2fa/webauthn/login/", {"credential": "{}"}, 120),
    ("password/reset/", {"email": "NEXT@example.org"}, 20),
    ("login/", {"login": "NEXT", "password": "wrong-pass-7"}, 100),
]


@pytest.mark.parametrize(("path", "form", "most"), FORMS)
def test_every_other_count_of_an_address_begins_again(
    path: str, form: dict[str, str], most: int, settings: Settings
) -> None:
    numbers = itertools.count()

    def sent() -> int:
        told = {name: typed.replace("NEXT", f"n{next(numbers)}") for name, typed in form.items()}
        return Client(REMOTE_ADDR=SCHOOL).post(f"/accounts/{path}", told).status_code

    with servers.redis_server() as broker:
        use(settings, broker.url)
        assert 429 not in {sent() for _ in range(most)}
        assert sent() == 429
        cleared(SCHOOL)
        assert sent() in (200, 302)


def test_allauth_counts_nothing_by_address() -> None:
    """Its counts are in the cache, and are not cleared; what is not offered does not matter."""
    rates = accounts.RATE_LIMITS | mfa.RATE_LIMITS
    by_address = {action for action, rate in rates.items() if rate and "/ip" in rate}
    assert by_address <= {"request_login_code", "verify_phone"}


WRITTEN = {
    "203.0.113.7": ["203.0.113.7", " 203.0.113.7", "203.0.113.7:443", "::ffff:203.0.113.7"],
    "2001:db8:0:7::/64": [
        SCHOOL,
        "2001:DB8:0:7::2%eth0",
        "[2001:db8:0:7::3]:443",
        "2001:db8:0:7::/64",
    ],
    UNKNOWN: [UNKNOWN],
}


def test_an_address_may_be_written_as_any_log_has_it(settings: Settings) -> None:
    with servers.redis_server() as broker:
        use(settings, broker.url)
        for counted, written in WRITTEN.items():
            for address in written:
                take(Limit("tried", most=3, seconds=60), counted)
                assert f"Cleared for {counted}: 1." in cleared(address), address


@pytest.mark.parametrize(
    "mistyped", ["203.0.113", "203.0.113.777", "class-7b", "", "2001:db8::/48"]
)
def test_what_is_no_address_is_refused(mistyped: str) -> None:
    with pytest.raises(CommandError, match=f"“{mistyped}” is not a network address.*such as"):
        cleared(mistyped)


def test_without_the_broker_it_says_that_nothing_was_cleared() -> None:
    with pytest.raises(CommandError, match="Redis does not answer"):
        call_command("clear_counts", SCHOOL)
