"""An authenticator app of our own: what it shows, by RFC 6238."""

import base64
import hashlib
import hmac
import re
import struct
import time

from django.test import Client

from tests.factories import PASSWORD

ACTIVATE, REAUTHENTICATE = "/accounts/2fa/totp/activate/", "/accounts/reauthenticate/"
RECOVERY = "/accounts/2fa/recovery-codes/"


def shown(secret: str, periods: int = 0) -> str:
    """The code that the app shows now, or so many half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + periods)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06}"


def confirm(client: Client) -> None:
    """Gives the password again, as pages ask before something important."""
    client.post(REAUTHENTICATE, {"password": PASSWORD})


def set_up_app(client: Client) -> str:
    """Sets an app up by the pages for it; returns the secret that it keeps."""
    confirm(client)
    page = client.get(ACTIVATE).content.decode()
    found = re.search(r'<code class="key">(\w+)</code>', page)
    assert found is not None
    response = client.post(ACTIVATE, {"code": shown(found[1])})
    assert response.status_code == 302, response.content.decode()
    return found[1]


def recovery_codes(client: Client) -> list[str]:
    confirm(client)
    return re.findall(r"\b\d{8}\b", client.get(RECOVERY).content.decode().split("<pre")[1])
