"""Opening an address that only takes forms: a page in words, which leads to the form."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_script_prefix

from tests.security.test_reach_urls import POST, TABLE, make_addresses, make_people

pytestmark = pytest.mark.django_db
FORMS = sorted(name for name, answers in TABLE.items() if answers == POST)


def way_on(text: str) -> str:
    found = re.search(r'<a class="button primary" href="([^"]+)"', text)
    assert found is not None, text
    return unescape(found[1])


@pytest.mark.parametrize("name", FORMS)
def test_it_leads_to_the_page_with_the_form(name: str) -> None:
    people = make_people()
    address = make_addresses()[name]
    for person in (people[0], people[1]):
        refused = person.get(address)
        text = refused.content.decode()
        assert (refused.status_code, refused["Allow"]) == (405, "POST")
        assert "This address only accepts a form</h1>" in text
        assert "no-store" in refused["Cache-Control"]
    owner = people[1]
    on = way_on(owner.get(address).content.decode())
    assert on.startswith(get_script_prefix())
    assert owner.get(on, follow=True).status_code == 200


def test_a_form_sent_to_a_page_is_refused_in_words() -> None:
    refused = Client().post("/me/")
    assert (refused.status_code, way_on(refused.content.decode())) == (405, "/me/")


def test_a_body_that_is_too_large_is_refused_with_a_way_back() -> None:
    text = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    headers = {"Referer": "http://testserver/experiments/gradients-run/"}
    refused = Client().post("/experiments/gradients-run/sweep/", {"a": text}, headers=headers)
    assert refused.status_code == 413
    assert refused["Content-Type"].startswith("text/html")
    page = refused.content.decode()
    assert "too large to be accepted</h1>" in page
    assert way_on(page) == "/experiments/gradients-run/"
