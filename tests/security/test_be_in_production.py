"""What production's settings do more than the others."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.servers import ROOT

SETTINGS = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE STAFF_NEED_SECOND_STEP"
SHOW = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in "{SETTINGS}".split()}}))
"""


def in_production(**environment: str) -> dict[str, Any]:
    values = {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "WEIGHTWISE_SECRET_KEY": "x" * 50,
        "WEIGHTWISE_ALLOWED_HOSTS": "weightwise.example",
        "WEIGHTWISE_EMAIL_URL": "consolemail://",
        "DATABASE_URL": "sqlite:///nowhere.sqlite3",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=os.environ | values | environment,
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
    }


@pytest.mark.parametrize("word", ["false", "no"])
def test_either_can_be_done_without(word: str) -> None:
    found = in_production(WEIGHTWISE_SECURE_COOKIES=word, WEIGHTWISE_STAFF_NEED_SECOND_STEP=word)
    # Without TLS a browser drops every cookie of such a name.
    assert found["SESSION_COOKIE_NAME"] == "sessionid"
    assert found["STAFF_NEED_SECOND_STEP"] is False
