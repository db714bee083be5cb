"""The site below a prefix: the path is understood however it arrives, and given back with it."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import set_script_prefix
from pytest_django.fixtures import Settings

from config.env import url_prefix
from config.prefix import below, path_within
from tests.factories import make_topic, make_user


@pytest.mark.parametrize(
    ("given", "prefix"),
    [("", ""), ("/", ""), ("ml", "/ml"), ("/ml", "/ml"), ("/ml/", "/ml"), ("/a/b", "/a/b")],
)
def test_a_prefix_is_written_in_one_way(given: str, prefix: str) -> None:
    assert url_prefix(given) == prefix


@pytest.mark.parametrize("text", ["https://example.org/ml", "/a b", "/a//b", "/ä", "/a?b"])
def test_what_is_no_path_is_refused_by_name(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="WEIGHTWISE_URL_PREFIX"):
        url_prefix(text)


@pytest.mark.parametrize(
    ("root", "default", "path", "within"),
    [
        ("", "", "/runs/", "/runs/"),
        ("/ml", "", "/ml/runs/", "/runs/"),  # taken away by the proxy, put back by the server
        ("/ml", "", "/ml/ml/runs/", "/runs/"),  # passed on by the proxy
        ("", "/ml", "/runs/", "/runs/"),
        ("", "/ml", "/ml/runs/", "/runs/"),
        ("", "/ml", "/ml", "/"),
        ("/ml/", "/other", "/ml/runs/", "/runs/"),
        ("", "/ml", "/mlx/runs/", "/mlx/runs/"),
    ],
)
def test_a_path_is_understood(root: str, default: str, path: str, within: str) -> None:
    scope: dict[str, Any] = {"type": "http", "path": path, "root_path": root}
    found = below(scope, default)
    assert path_within(found) == within
    assert found["path"] == found["root_path"] + within


@pytest.mark.django_db
def test_pages_and_cookies_keep_to_the_prefix(settings: Settings) -> None:
    settings.FORCE_SCRIPT_NAME = "/ml"
    settings.SESSION_COOKIE_PATH = settings.CSRF_COOKIE_PATH = "/ml/"
    make_topic()
    client = Client()
    set_script_prefix("/ml/")  # as the server's handler does, and the test client's does not
    try:
        home = client.get("/")
        assert "/ml/static/css/base." in home.content.decode()
        assert 'href="/"' not in home.content.decode()
        login = client.get("/accounts/login/")
        redirected = client.get("/accounts/password/change/")
        assert redirected["Location"].startswith("/ml/accounts/login/")
        assert {cookie["path"] for cookie in login.cookies.values()} == {"/ml/"}
    finally:
        set_script_prefix("/")


@pytest.mark.django_db
def test_a_mailed_link_leads_below_the_prefix(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.FORCE_SCRIPT_NAME = "/ml"
    make_user("ada")
    set_script_prefix("/ml/")  # as the server's handler does
    try:
        Client().post("/accounts/password/reset/", {"email": "ada@example.org"})
    finally:
        set_script_prefix("/")
    (mail,) = mailoutbox
    assert "http://testserver/ml/accounts/password/reset/key/" in str(mail.body)
