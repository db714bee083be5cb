"""What opens something is in no line of the log."""

import io
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.redaction import without_keys
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"


def mailed_key(mailoutbox: list[EmailMessage]) -> str:
    found = re.search(r"/password/reset/key/([^/\s]+)/", str(mailoutbox[-1].body))
    assert found is not None
    return found[1]


def test_a_mailed_key_is_not_logged(log: io.StringIO, mailoutbox: list[EmailMessage]) -> None:
    make_user("ada")
    Client().post(RESET, {"email": "ada@example.org"})
    address = f"{RESET}key/{mailed_key(mailoutbox)}/"
    Client().get(address)
    Client(enforce_csrf_checks=True).post(address)
    Client().get(address, headers={"Host": "evil.example"})
    Client().get(f"{address}more")
    logging.getLogger("django.request").warning("Not Found: %s", address)
    structlog.get_logger("weightwise.web").warning("database_busy", path=address)
    try:
        raise ValueError(address)
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error")
    text = log.getvalue()
    assert text.count("/accounts/password/reset/key/(key)") >= 6
    assert mailed_key(mailoutbox) not in text


def with_a_key(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from with_a_key(pattern.url_patterns, address)
        elif re.search(r"key>|token", address):
            yield str(pattern.name)


def test_every_address_with_a_key_is_known() -> None:
    names = set(with_a_key(get_resolver().url_patterns))
    assert names == {"account_confirm_email", "account_reset_password_from_key"}
    given: dict[str, list[str]] = {
        "account_confirm_email": ["MQ:1abc:s3cret"],
        "account_reset_password_from_key": ["1", "abc-s3cret"],
    }
    for name, arguments in given.items():
        assert "s3cret" not in without_keys(reverse(name, args=arguments)), name
