"""Every form of the admin, sent empty, with too much, and again once saved: never an error."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from accounts.models import User
from quizzes.models import Question
from tests.authoring.pages import Values, opened
from tests.factories import client_of, make_lesson, make_teacher, make_topic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["root", "teacher"])
def person(request: pytest.FixtureRequest) -> Client:
    topic = make_topic("gradients", practice=1, inline=1)
    make_lesson(topic)
    if request.param == "teacher":
        return client_of(make_teacher())
    return client_of(make_user("root", is_staff=True, is_superuser=True))


def addresses(person: Client) -> Iterator[str]:
    """The pages with a form that this person may open."""
    models: list[type[Model]] = list(admin.site._registry)
    for model in models:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        first = model._default_manager.order_by("pk").first()
        for address in [f"{base}add/", *([f"{base}{first.pk}/change/"] if first else [])]:
            if person.get(address).status_code == 200:
                yield address


def variants(form: Values) -> Iterator[Values]:
    yield {}
    names = [name for name in form if not name.endswith("_FORMS")]
    for text in ("", "x", "ü" * 5000, "9" * 5000, "-1", "\0", "1e400", "{", "[" * 500):
        yield form | {name: [text] for name in names}
    yield form


def test_no_form_of_the_admin_fails(person: Client) -> None:
    failed, sent = [], 0
    for address in list(addresses(person)):
        form = opened(person, address)
        for values in variants(form):
            statuses = [person.post(address, values).status_code]
            if statuses == [302]:  # saved: what it has to be unlike is there now
                statuses.append(person.post(address, values).status_code)
            sent += len(statuses)
            failed += [(address, status) for status in statuses if status >= 500]
    assert not failed
    assert sent > 100


# Fields of the admin's own, which its buttons and its windows for choosing send.
BUTTONS = [
    *[(name, "1") for name in ("_saveasnew", "_popup", "_to_field", "_continue", "_addanother")],
    *[("_to_field", value) for value in ("", "id", "\0", "9" * 400)],
    *[("_popup", "\0"), ("_saveasnew", "")],
]


def test_no_button_of_the_admin_fails() -> None:
    make_lesson(make_topic("gradients", practice=1, inline=1))
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    for address in list(addresses(root)):
        form = opened(root, address)
        empty = form | {"stem": [""], "title": [""], "name": [""], "username": [""]}
        for name, value in BUTTONS:
            place = f"{address}?{urlencode({name: value})}"
            assert root.get(place).status_code < 500
            assert root.post(place, empty).status_code < 500
            assert root.post(address, form | {name: [value]}).status_code < 500


@pytest.mark.parametrize("page", ["add/", "{}/change/"])
def test_a_question_that_cannot_be_saved_as_a_new_one_keeps_its_form(page: str) -> None:
    make_topic("gradients", practice=1)
    question = Question.objects.get()
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    address = f"/admin/quizzes/question/{page.format(question.pk)}"
    form = opened(root, address) | {"stem": [""], "hint": ["Look at the sign."]}
    shown = root.post(address, form | {"_saveasnew": ["1"]})
    assert shown.status_code == 200
    assert "Look at the sign." in shown.content.decode()
    assert Question.objects.count() == 1


def account(name: str, **changes: Any) -> dict[str, Any]:
    password = {"password1": "a-long-pass-phrase", "password2": "a-long-pass-phrase"}
    return {"username": name, "usable_password": "true"} | password | changes


def test_people_are_added_with_an_address_of_their_own_or_without_one() -> None:
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    add = "/admin/accounts/user/add/"
    for name in ("ada", "grace"):
        assert root.post(add, account(name)).status_code == 302
    assert root.post(add, account("eve", email="Eve@example.org")).status_code == 302
    eve = User.objects.get(username="eve")
    assert eve.email == "eve@example.org"
    EmailAddress.objects.create(user=eve, email=eve.email, verified=True)
    again = root.post(add, account("mallory", email="EVE@example.org"))
    assert "is already the confirmed address of eve" in again.content.decode()
    page = f"/admin/accounts/user/{User.objects.get(username='ada').pk}/change/"
    taken = root.post(page, opened(root, page) | {"email": ["eve@example.org"]})
    assert "is already the confirmed address of eve" in taken.content.decode()
    own = f"/admin/accounts/user/{eve.pk}/change/"
    assert root.post(own, opened(root, own) | {"name": ["O'Brien"]}).status_code == 302
