"""The pages that refuse something are named in the tab as in their heading."""

import re
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.template.loader import render_to_string
from django.test import RequestFactory

from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FOLDER = Path("templates")
PAGES = sorted(
    path.name for path in FOLDER.glob("*.html") if path.name[0] != "_" and path.name != "base.html"
)
# What decides between the headings of a page, beside whether a form was sent, and by whom.
CONTEXTS: list[dict[str, Any]] = [
    {},
    {"names_work": True},
    {"has_no_cookie": True},
    {"is_opened": True, "page": "/"},
    {"what": "test"},
    {"why": "There is no room.", "wait": "a minute", "seconds": 5, "most": 7, "back": "/"},
]


def shown(
    name: str, context: dict[str, Any], person: User | AnonymousUser, *, is_sent: bool
) -> str:
    factory = RequestFactory(headers={"Origin": "http://testserver"})
    request = factory.post("/attempts/") if is_sent else factory.get("/attempts/")
    request.user = person
    request.session = SessionStore()
    return render_to_string(name, context, request)


def inside(tag: str, text: str) -> str:
    [found] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return " ".join(unescape(found).split())


@pytest.mark.parametrize("name", PAGES)
def test_the_title_is_the_heading(name: str) -> None:
    people = (AnonymousUser(), make_user("ada"), make_user("eve", is_staff=True))
    for context, person, is_sent in product(CONTEXTS, people, (False, True)):
        text = shown(name, context, person, is_sent=is_sent)
        assert inside("title", text) == f"{inside('h1', text)} – Weightwise", context
