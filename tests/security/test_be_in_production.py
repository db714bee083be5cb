"""What production's settings do more than the others."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.servers import ROOT

SETTINGS = (
    "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE STAFF_NEED_SECOND_STEP"
    " SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD"
)
SHOW = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in "{SETTINGS}".split()}}))
"""


def values() -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "WEIGHTWISE_SECRET_KEY": "not a word but many letters" * 3,
        "WEIGHTWISE_ALLOWED_HOSTS": "weightwise.example",
        "WEIGHTWISE_EMAIL_URL": "consolemail://",
        "DATABASE_URL": "sqlite:///nowhere.sqlite3",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }


def in_production(**environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=os.environ | values() | environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_staff_need_a_second_step_and_cookies_belong_to_the_host() -> None:
    assert in_production() == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_SECURE": True,
        "STAFF_NEED_SECOND_STEP": True,
        # The sites of other subdomains, and of the whole domain, are not ours to speak for.
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
    }


@pytest.mark.parametrize("word", ["false", "no"])
def test_either_can_be_done_without(word: str) -> None:
    found = in_production(WEIGHTWISE_SECURE_COOKIES=word, WEIGHTWISE_STAFF_NEED_SECOND_STEP=word)
    # Without TLS a browser drops every cookie of such a name.
    assert found["SESSION_COOKIE_NAME"] == "sessionid"
    assert found["STAFF_NEED_SECOND_STEP"] is False


def test_the_whole_domain_is_committed_to_tls_only_by_choice() -> None:
    found = in_production(WEIGHTWISE_HSTS_SUBDOMAINS="true", WEIGHTWISE_HSTS_PRELOAD="true")
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert found["SECURE_HSTS_PRELOAD"] is True


def test_an_empty_variable_is_none() -> None:
    assert in_production(WEIGHTWISE_STAFF_NEED_SECOND_STEP="")["STAFF_NEED_SECOND_STEP"] is True


def test_djangos_checks_of_a_deployment_find_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=os.environ | values(),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
