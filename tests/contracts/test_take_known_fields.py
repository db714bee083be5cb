"""Every address that takes a POST from learners refuses what its form does not have."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Session
from quizzes.models import Answer, Attempt
from tests.factories import HTMX, again, make_topic, right_choice
from tests.security.test_reach_urls import make_addresses, make_people, names

pytestmark = pytest.mark.django_db

# Forms of Django and of allauth have their own rules, and their fields are told by their pages.
OTHERS = ("admin:", "account_", "mfa_")
# What ada has not: a guest's work, and a finished attempt without a run.
ELSEWHERE = {"forget_guest", "train"}
NAMES = sorted(name for name in names() if not name.startswith(OTHERS) and name not in ELSEWHERE)
ODD = "epochs_allowed"


def rows() -> dict[str, int]:
    """How many rows there are of what learners make."""
    models = [
        Session,
        *(it for app in ("accounts", "quizzes", "training_jobs") for it in models_of(app)),
    ]
    return {model._meta.label: model._default_manager.count() for model in models}


def models_of(app: str) -> list[Any]:
    return list(apps.get_app_config(app).get_models())


def states() -> list[Any]:
    kept = Answer.objects.order_by("pk").values_list("response", "correct", "seq")
    return [*Attempt.objects.order_by("pk").values_list("state", "run"), *kept]


@pytest.fixture(scope="module")
def known(standing: None) -> Client:
    return make_people()[1]


@pytest.fixture(scope="module")
def addresses(known: Client) -> dict[str, str]:
    return make_addresses()


@pytest.fixture
def ada(known: Client) -> Client:
    return again(known)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_field_is_named_and_nothing_is_done(
    ada: Client, addresses: dict[str, str], name: str, headers: dict[str, str]
) -> None:
    before = rows(), states()
    response = ada.post(addresses[name], {ODD: "50"}, headers=headers)
    assert (rows(), states()) == before
    if response.status_code == 405:
        return
    assert response.status_code == 422
    assert f"This form has no field “{ODD}”" in response.content.decode()
    assert "reload the page" in response.content.decode()


def test_addresses_that_take_a_post_were_among_them(ada: Client, addresses: dict[str, str]) -> None:
    taking = [name for name in NAMES if ada.post(addresses[name], {ODD: ""}).status_code == 422]
    assert {"attempt", "finish", "practice", "check_inline", "card", "rate", "test"} <= set(taking)
    assert {"mark_read", "experiment", "race", "start_sweep", "cancel_run"} <= set(taking)
    assert {"repeat_run", "claim_guest", "forget_me", "signed_in", "change_name"} <= set(taking)


def test_so_are_a_guests_work_and_a_run_that_is_wanted_later() -> None:
    topic = make_topic("other", practice=1)
    guest = Client()
    guest.post("/learn/other/practice/1/", {"choice": right_choice(topic.questions.get())})
    attempt = Attempt.objects.get(quiz__topic=topic)
    guest.post(f"/attempts/{attempt.pk}/finish/")
    Attempt.objects.filter(pk=attempt.pk).update(run=None)
    refused = guest.post(f"/attempts/{attempt.pk}/train/", {ODD: "50"})
    assert refused.status_code == 422
    assert ODD in refused.content.decode()


class Forms(HTMLParser):
    """The forms of a page that are posted: for each of its buttons, the address and the fields."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address, self.posted = address, list[tuple[str, dict[str, str]]]()
        self._action: str | None = None
        self._fields: dict[str, str] = {}
        self._buttons: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form" and has.get("method") == "post":
            self._action = has.get("action") or self.address
            self._fields, self._buttons = {}, []
        if self._action is None:
            return
        named = {has["name"]: has.get("value", "")} if "name" in has else {}
        if tag == "button":
            self._buttons.append((has.get("formaction", self._action), named))
        elif tag in ("input", "select", "textarea"):
            self._fields |= named

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._action is not None:
            self.posted += [(to, self._fields | named) for to, named in self._buttons]
            self._action = None


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_forms_of_our_own_pages_send_nothing_that_is_refused(
    ada: Client, addresses: dict[str, str], headers: dict[str, str]
) -> None:
    met = set()
    for name in NAMES:
        page = ada.get(addresses[name])
        if page.status_code != 200 or "text/html" not in page["Content-Type"]:
            continue
        for action, fields in Forms(page.content.decode(), addresses[name]).posted:
            if action.startswith("/accounts/logout/") or "delete" in action:
                continue
            met.add(action)
            answer = ada.post(action, fields, headers=headers)
            text = answer.content.decode()
            assert "This form has no field" not in text, (name, action)
            assert " times. Send one" not in text, (name, action)
            assert "There is no question" not in text, (name, action)
    assert {addresses[name] for name in ("attempt", "finish", "practice", "card")} <= met
    assert {addresses[name] for name in ("experiment", "race", "start_sweep", "test")} <= met
    assert {addresses[name] for name in ("check_inline", "mark_read", "repeat_run")} <= met


@pytest.mark.parametrize(
    ("name", "field"),
    [("rate", "seq"), ("card", "version"), ("check_inline", "question"), ("change_name", "name")],
)
def test_what_a_form_has_once_is_not_taken_twice(
    ada: Client, addresses: dict[str, str], name: str, field: str
) -> None:
    response = ada.post(addresses[name], {field: ["1", "2"]})
    assert response.status_code == 422
    assert f"“{field}” was sent 2 times" in response.content.decode()


@pytest.mark.parametrize("name", ["practice", "experiment", "attempt", "finish", "mark_read"])
def test_a_file_is_no_field_of_theirs(ada: Client, addresses: dict[str, str], name: str) -> None:
    before = rows(), states()
    file = SimpleUploadedFile("plan.json", b"{}")
    response = ada.post(addresses[name], {"plan": file})
    assert response.status_code == 422
    assert "accepts no file. Leave out “plan”" in response.content.decode()
    assert (rows(), states()) == before


@pytest.mark.parametrize("name", ["attempt", "finish"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("field", ["choice-11", "flag-99", "asked-0"])
def test_a_question_that_a_test_does_not_have_is_named(
    ada: Client, addresses: dict[str, str], name: str, headers: dict[str, str], field: str
) -> None:
    before = states()
    response = ada.post(addresses[name], {"seq": "1", field: "1"}, headers=headers)
    assert response.status_code == 422
    assert f"There is no question {int(field.split('-')[1])} here" in response.content.decode()
    assert states() == before


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_a_body_that_is_no_form_is_refused(kind: str) -> None:
    make_topic("other", bank=1)
    client, before = Client(), rows()
    for address in (
        "/experiments/other-run/",
        "/learn/other/test/",
        reverse("account_login"),
    ):
        response = client.post(address, data='{"seed": 1}', content_type=kind)
        assert response.status_code == 415, address
        assert "Send the fields as a form" in response.content.decode()
    assert rows() == before


@pytest.mark.parametrize("name", [*NAMES, "account_login", "account_signup"])
def test_a_body_without_a_length_is_refused(
    ada: Client, addresses: dict[str, str], name: str
) -> None:
    before = rows(), states()
    kind = "application/x-www-form-urlencoded"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = ada.generic(
            method,
            addresses[name],
            f"{ODD}=50",
            kind,
            headers={"Transfer-Encoding": "chunked"},
            CONTENT_LENGTH="",
        )
        assert response.status_code == 411, method
        said = response.content.decode()
        assert "does not state its length" in said
        assert "Nothing was done with it. Send it again with its length." in said
    assert (rows(), states()) == before


def test_no_body_at_all_is_an_empty_form() -> None:
    assert Client().generic("POST", reverse("account_login"), "").status_code == 200
