"""Where a request comes from: who may say so, and what cannot be believed."""

from ipaddress import ip_address

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from throttling import addresses
from throttling.addresses import client_address, counted_address, trusted_proxies

PROXY, PROXIES = "10.0.0.5", ["10.0.0.0/8", "fd00::/8"]


def request_from(peer: str, forwarded: str | None = None) -> HttpRequest:
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    return request


@pytest.fixture
def proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = trusted_proxies(PROXIES)


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert client_address(request_from("127.0.0.1", "203.0.113.7")) == "127.0.0.1"


@pytest.mark.usefixtures("proxies")
@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        (PROXY, "203.0.113.7", "203.0.113.7"),
        (PROXY, None, PROXY),
        # What the visitor wrote stands before what the proxy added.
        (PROXY, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (PROXY, "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
        # Ports and brackets, as some proxies write them.
        (PROXY, "203.0.113.7:4711", "203.0.113.7"),
        ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
        (PROXY, "::ffff:203.0.113.7", "203.0.113.7"),
        # No address: the last one that is known.
        (PROXY, "unknown", PROXY),
        (PROXY, "203.0.113.7, _hidden", PROXY),
        (PROXY, "", PROXY),
        (PROXY, ",,,", PROXY),
        (PROXY, "1" * 5000, PROXY),
        (PROXY, "\x00, \udcff", PROXY),
        (PROXY, "203.0.113.7, " + ", ".join(["10.0.0.9"] * 5000), "10.0.0.9"),
        ("", "203.0.113.7", "unknown"),
    ],
)
def test_only_what_a_trusted_proxy_passed_on_counts(
    peer: str, forwarded: str | None, expected: str
) -> None:
    assert client_address(request_from(peer, forwarded)) == expected


@pytest.mark.usefixtures("proxies")
@pytest.mark.parametrize(
    ("peer", "forwarded"),
    [
        ("192.0.2.1", "198.51.100.91"),
        (PROXY, "198.51.100.92,203.0.113.7"),
        (PROXY, "9" * 5000),
        (PROXY, f"203.0.113.93{' ' * 5000}"),
    ],
)
def test_what_anybody_can_send_is_not_read_and_so_not_kept(
    monkeypatch: pytest.MonkeyPatch, peer: str, forwarded: str
) -> None:
    read: list[str] = []

    def reading(text: str) -> object:
        read.append(text)
        return ip_address(text)

    monkeypatch.setattr(addresses, "ip_address", reading)
    client_address(request_from(peer, forwarded))
    assert forwarded.split(",", maxsplit=1)[0].strip() not in read


@pytest.mark.usefixtures("proxies")
@given(st.text(), st.text())
def test_no_text_is_more_than_it_can_bear(peer: str, forwarded: str) -> None:
    assert client_address(request_from(peer, forwarded))


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1%eth0", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_a_network_of_ipv6_counts_as_one(peer: str, counted: str) -> None:
    assert counted_address(request_from(peer)) == counted


@pytest.mark.parametrize("value", ["1", "proxy.example.org", "10.0.0.1/8", "10.0.0.0/99"])
def test_what_is_no_network_is_refused_at_the_start(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"WEIGHTWISE_TRUSTED_PROXIES: .*such as"):
        trusted_proxies([value])


def test_an_empty_setting_trusts_nobody() -> None:
    assert trusted_proxies([""]) == []
