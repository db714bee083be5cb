"""Where a request comes from, as far as that can be trusted.

Anyone can send `X-Forwarded-For`. It counts only if the connection comes from one of
`settings.TRUSTED_PROXIES`, and only as far back as those have written it.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# For visitors without an address, as behind a Unix socket: all of them count as one.
UNKNOWN = "unknown"
# A household or a server is given a whole network of this size, so single addresses cost nothing.
IPV6_PREFIX = 64
# More hops than any chain of proxies has; earlier ones are not looked at.
MOST_HOPS = 20
# An address with brackets, zone and port; what is longer is none, and is not kept in memory.
LONGEST = 80


def trusted_proxies(values: Iterable[str]) -> list[Network]:
    """The setting as networks. Raises ImproperlyConfigured for anything else."""
    try:
        return [ip_network(value.strip()) for value in values if value.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"WEIGHTWISE_TRUSTED_PROXIES: {error}. Give the addresses or networks of your own"
            " proxies, separated by commas, such as 10.0.0.5,172.16.0.0/12."
        ) from error


def client_address(request: HttpRequest) -> str:
    """The address that a request came from; UNKNOWN if it has none."""
    found = _parsed(request.META.get("REMOTE_ADDR", ""))
    if found is None:
        return UNKNOWN
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", MOST_HOPS)
    # The last entry was written by the proxy that connects to us, and so on backwards.
    for hop in reversed(hops[-MOST_HOPS:]):
        if not _is_trusted(found):
            break  # anybody may have written it
        before = _parsed(hop)
        if before is None:
            break
        found = before
    return str(found)


def counted_address(request: HttpRequest) -> str:
    """What limits count a request under: its address, or the network of an IPv6 address."""
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """The address itself; of IPv6 the first 64 bits, as a network."""
    return counted_as(address) or address


def counted_as(text: str) -> str | None:
    """What limits count an address or such a network under, however written; None for others."""
    if text == UNKNOWN:
        return UNKNOWN
    parsed = _parsed(text.removesuffix(f"/{IPV6_PREFIX}"))
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return None if parsed is None else str(parsed)


def _is_trusted(address: Address) -> bool:
    proxies: list[Network] = settings.TRUSTED_PROXIES
    return any(address in network for network in proxies)


def _parsed(text: str) -> Address | None:
    """An address as proxies write it: with a port, in brackets, IPv4 in IPv6; None if invalid."""
    return _read(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=1000)
def _read(text: str) -> Address | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        # A zone has a meaning only on the machine itself, and may be any text.
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
