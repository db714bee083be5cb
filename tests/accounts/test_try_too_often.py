"""Signing in too often in a short time."""

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_count() -> None:
    cache.clear()


def test_it_is_refused_in_words() -> None:
    client = Client()
    form = {"login": "nobody", "password": "wrong"}
    statuses = [client.post("/accounts/login/", form).status_code for _ in range(40)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    refused = client.post("/accounts/login/", form)
    assert "Too many tries" in refused.content.decode()
