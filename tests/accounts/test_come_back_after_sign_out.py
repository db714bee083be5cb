"""Signed out in the midst of something: the page says so, and leads back after signing in."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from accounts.models import Learner
from quizzes import services
from quizzes.models import Answer
from tests.factories import PASSWORD, client_of, make_learner, make_topic, make_user, quiz

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
HERE = {"Origin": "http://testserver"}
TEXT = 'Twice "quoted",\r\n<b>& on two lines</b> '


def resent(text: str) -> tuple[str, dict[str, list[str]]]:
    """The form in a page that sends again what was refused: where to, and its fields."""
    form = re.search(
        r'<form class="actions" method="post" action="(.*?)".*?>(.*?)</form>', text, re.S
    )
    assert form is not None, text
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(.*?)" value="(.*?)"', form[2], re.S):
        if name != "csrfmiddlewaretoken":
            fields.setdefault(unescape(name), []).append(unescape(value))
    return unescape(form[1]), fields


def token(text: str) -> str:
    """The token of the form that sends it again, not of another one on the page."""
    found = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', text.split("not saved")[1])
    return str(found[0])


def send_again(browser: Client, text: str) -> Any:
    action, fields = resent(text)
    return browser.post(action, fields | {"csrfmiddlewaretoken": token(text)}, headers=HERE)


def sign_in(browser: Client) -> None:
    page = browser.get(LOGIN).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    form = {"login": "ada", "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
    assert browser.post(LOGIN, form).status_code == 302


@pytest.fixture
def attempt() -> str:
    topic = make_topic("gradients", bank=10)
    learner = make_learner(make_user("ada"))
    return f"/attempts/{services.start(quiz(topic, 'test'), learner).pk}/"


def sign_in_link(back: str) -> str:
    return f'href="{LOGIN}?next={quote(back, safe="")}"'


def test_a_page_of_ones_own_offers_to_sign_in_and_is_there_afterwards(attempt: str) -> None:
    client = Client()
    refused = client.get(f"{attempt}?page=2")
    assert refused.status_code == 404
    assert sign_in_link(f"{attempt}?page=2") in refused.content.decode()
    form = {"login": "ada", "password": PASSWORD, "next": f"{attempt}?page=2"}
    assert client.post(LOGIN, form)["Location"] == f"{attempt}?page=2"
    assert client.get(attempt).status_code == 200


@pytest.mark.parametrize("path", ["", "finish/"])
def test_what_is_sent_after_that_leads_back_to_where_it_was_sent_from(
    attempt: str, path: str
) -> None:
    page = f"http://testserver{attempt}"
    refused = Client().post(attempt + path, {"choice": "x"}, headers={"Referer": page})
    assert refused.status_code == 404
    text = refused.content.decode()
    assert sign_in_link(attempt) in text
    assert "not saved" in text
    assert resent(text) == (attempt + path, {"choice": ["x"]})


def test_a_page_of_another_site_is_no_way_back(attempt: str) -> None:
    for headers in ({"Referer": "https://evil.example/x"}, {"Origin": "null"}, {}):
        text = Client().post(attempt, {"choice": "x"}, headers=headers).content.decode()
        assert sign_in_link("/me/") in text
        assert "Send it again" not in text, "nobody makes a click of it send a form of theirs"


def test_a_guest_who_is_gone_is_not_promised_that_signing_in_helps(attempt: str) -> None:
    for path in (attempt, f"{attempt}finish/"):
        refused = Client().post(path, {"choice": "x"}, headers=HERE)
        text = " ".join(refused.content.decode().split())
        assert "this browser no longer knows you as that guest" in text
        assert "cannot be saved or opened any more" in text
    opened = " ".join(Client().get(attempt).content.decode().split())
    assert "What a guest has done opens only in the browser in which it was done" in opened


@pytest.mark.parametrize("path", ["/learn/gradients/math/", "/nope/", "/admin/nope/"])
def test_a_page_of_nobodys_is_not_said_to_be_somebody_elses(attempt: str, path: str) -> None:
    ada = client_of(make_user("root", is_staff=True, is_superuser=True))
    nothing = ada.get(path)
    assert nothing.status_code == 404
    assert "somebody else" not in nothing.content.decode()
    assert "mistyped" in nothing.content.decode()
    sent = Client().post("/learn/gradients/practice/99/", {"choice": "x"}, headers=HERE)
    assert sent.status_code == 404
    assert "only its own learner" not in sent.content.decode()


@pytest.mark.parametrize("path", ["attempts/{}/", "runs/{}/", "runs/sweep/{}/", "me/review/7/"])
def test_a_page_of_somebodys_work_is_said_to_be_theirs_alone(path: str) -> None:
    nobodys = "/" + path.format("00000000-0000-0000-0000-000000000000")
    nothing = client_of(make_user("ada")).get(nobodys)
    assert nothing.status_code == 404
    assert "it belongs to somebody else" in " ".join(nothing.content.decode().split())


def test_it_is_offered_alike_where_there_is_nothing_and_not_to_members(attempt: str) -> None:
    nothing = "/attempts/00000000-0000-0000-0000-000000000000/"
    theirs, missing = (Client().get(path).content.decode() for path in (attempt, nothing))
    assert theirs.replace(attempt.split("/")[2], "") == missing.replace(nothing.split("/")[2], "")
    other = client_of(make_user("eve")).get(attempt)
    assert other.status_code == 404
    assert "You are not signed in" not in other.content.decode()


def test_a_form_of_before_is_saved_after_signing_in(attempt: str) -> None:
    """As a browser has it, with tokens: the one of the refused page is made old by signing in."""
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser)
    sheet = browser.get(attempt).content.decode()
    choice = re.search(r'name="(choice-\d+)"[^>]*value="(\w+)"', sheet)
    first = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', sheet)
    assert choice is not None
    assert first is not None
    form: dict[str, Any] = {"whole": "1", "seq": "1", choice[1]: choice[2]}
    browser.cookies.pop("sessionid")
    refused = browser.post(attempt, form | {"csrfmiddlewaretoken": first[1]}, headers=HERE)
    assert (refused.status_code, refused["X-Signed-Out"]) == (404, "1")
    text = refused.content.decode()
    assert "Without JavaScript, you are asked once more" in text
    sign_in(browser)
    asked = send_again(browser, text)
    text = asked.content.decode()
    assert asked.status_code == 403
    assert "Not sent yet: one more press sends it" in text
    assert "You are signed in as ada now" in text
    assert "too old" not in text
    assert send_again(browser, text).status_code == 302
    number = int(choice[1].split("-")[1])
    assert Answer.objects.get(position=number).response is not None


def test_a_form_of_another_site_is_never_offered_to_anyone_signed_in(attempt: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    sign_in(browser)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        refused = browser.post(attempt, {"choice": "x"}, headers=headers)
        text = refused.content.decode()
        assert refused.status_code == 403
        assert "too old to be accepted" in text
        assert "Send it again</button>" not in text


def test_cleared_cookies_are_said_and_lead_back(attempt: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    headers = HERE | {"Referer": f"http://testserver{attempt}"}
    refused = browser.post(attempt, {"note": TEXT}, headers=headers)
    text = refused.content.decode()
    assert (refused.status_code, refused["X-Signed-Out"]) == (403, "1")
    assert "Your browser sent no cookie with that form" in text
    assert sign_in_link(attempt) in text
    assert resent(text) == (attempt, {"note": [TEXT]})
    assert "no-store" in refused["Cache-Control"]


def test_what_an_author_typed_is_not_lost() -> None:
    path = "/admin/lessons/topic/add/"
    refused = Client().post(path, {"title": TEXT, "tags": ["a", "b"]}, headers=HERE)
    text = refused.content.decode()
    assert refused.status_code == 403
    assert "You have been signed out" in text
    assert resent(text) == (path, {"title": [TEXT], "tags": ["a", "b"]})
    assert Client().get(path)["Location"].startswith("/admin/login/")


def test_passwords_and_what_is_about_an_account_are_never_shown_again() -> None:
    new = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    text = Client().post("/admin/accounts/user/add/", new, headers=HERE).content.decode()
    assert "eve" in text
    assert PASSWORD not in text
    assert "Send it again</button>" not in text
    form = {"login": "ada", "password": PASSWORD}
    old = Client(enforce_csrf_checks=True).post(LOGIN, form, headers=HERE)
    assert old.status_code == 403
    assert PASSWORD not in old.content.decode()
    assert "What you sent" not in old.content.decode()


def test_what_a_members_page_sends_is_not_taken_as_a_new_guests() -> None:
    """The session has ended, and the page does not know it yet."""
    make_topic("gradients", practice=1)
    headers = {"HX-Request": "true", "X-Page-Of": "member"}
    refused = Client().post("/learn/gradients/practice/1/", {"choice": "x"}, headers=headers)
    assert (refused.status_code, refused["X-Signed-Out"]) == (403, "1")
    assert Learner.objects.count() == 0
    member = client_of(make_user("ada"))
    assert member.post("/learn/gradients/practice/1/", headers=headers).status_code == 422
