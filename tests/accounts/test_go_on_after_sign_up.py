"""An account is entered while a guest's page is open: it is said, and one goes on where one was."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Learner
from quizzes import services
from quizzes.models import Answer, Card
from tests.factories import (
    PASSWORD,
    client_of,
    make_learner,
    make_run,
    make_topic,
    make_user,
    missed,
    quiz,
)
from training_jobs.groups import request_sweep

pytestmark = pytest.mark.django_db
CLAIM = "/accounts/claim/"
HERE = {"Origin": "http://testserver"}
PAGES = ["attempt", "result", "run", "sweep", "card"]


@pytest.fixture
def guest() -> Learner:
    return make_learner()


def address(kind: str, guest: Learner) -> str:
    """A page of each kind that is the guest's."""
    topic = make_topic("gradients", bank=3, practice=2)
    if kind == "run":
        return make_run(topic, guest).get_absolute_url()
    if kind == "sweep":
        return f"/runs/sweep/{request_sweep(topic.experiment, guest, key='a')}/"
    if kind == "card":
        missed(topic, guest, 1)
        return f"/me/review/{Card.objects.get().pk}/"
    attempt = services.start(quiz(topic, "test"), guest)
    if kind == "result":
        services.finish(attempt, {})
        return f"{attempt.get_absolute_url()}result/"
    return attempt.get_absolute_url()


def sign_in(browser: Client) -> None:
    make_user("ada")
    browser.post("/accounts/login/", {"login": "ada", "password": PASSWORD})


@pytest.mark.parametrize("kind", PAGES)
def test_a_guests_page_says_so_and_claiming_leads_back(guest: Learner, kind: str) -> None:
    page, browser = address(kind, guest), client_of(guest)
    assert browser.get(page).status_code == 200
    sign_in(browser)
    refused = browser.get(f"{page}?a=b")
    text = refused.content.decode()
    assert (refused.status_code, refused["X-Guests-Work"]) == (404, "1")
    assert "is a guest’s: move it to your account to open it</h1>" in text
    assert "mistyped" not in text
    assert text.count(f'action="{CLAIM}"') == 1
    back = re.search(r'name="next" value="(.*?)"', text)
    assert back is not None
    claimed = browser.post(CLAIM, {"next": unescape(back[1])})
    assert claimed["Location"] == f"{page}?a=b"
    assert browser.get(page).status_code == 200


def test_nobody_elses_page_says_that_it_is_a_guests(guest: Learner) -> None:
    page = address("attempt", guest)
    other = client_of(make_learner())
    sign_in(other)
    refused = other.get(page)
    assert refused.status_code == 404
    assert "X-Guests-Work" not in refused
    assert "There is nothing at this address" in refused.content.decode()


def test_what_is_sent_to_it_is_kept_and_the_work_is_moved_in_another_tab(guest: Learner) -> None:
    page, browser = address("attempt", guest), client_of(guest)
    sign_in(browser)
    headers = HERE | {"Referer": f"http://testserver{page}"}
    form = {"whole": "1", "seq": "1", "flag-1": "1"}
    refused = browser.post(f"{page}?x=1", form, headers=headers)
    text = refused.content.decode()
    assert refused.status_code == 404
    assert 'target="_blank"' in text.split(f'action="{CLAIM}"')[1].split(">")[0]
    assert f'name="next" value="{page}"' in text
    assert "Send it again" in text
    browser.post(CLAIM, {"next": page})
    assert browser.post(page, form, headers=headers).status_code == 302
    assert Answer.objects.get(position=1).flagged


@pytest.mark.parametrize(
    "away",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil", "", "javascript:x"],
)
def test_claiming_leads_to_no_other_site(guest: Learner, away: str) -> None:
    address("attempt", guest)
    browser = client_of(guest)
    sign_in(browser)
    assert browser.post(CLAIM, {"next": away})["Location"] == "/me/"


def test_a_form_sent_while_signed_out_says_that_and_not_that_the_address_is_wrong() -> None:
    page = address("attempt", make_learner(make_user("ada")))
    headers = HERE | {"Referer": f"http://testserver{page}"}
    for path in (page, f"{page}finish/"):
        refused = Client().post(path, {"choice-1": "x"}, headers=headers)
        text = refused.content.decode()
        assert refused.status_code == 404
        assert "<h1>You are signed out</h1>" in text
        assert "mistyped" not in text
        assert "Send it again" in text


def test_a_form_sent_from_another_account_is_kept_and_says_whose_it_may_be() -> None:
    page = address("attempt", make_learner(make_user("ada")))
    bob = client_of(make_learner(make_user("bob")))
    headers = HERE | {"Referer": f"http://testserver{page}"}
    for path in (page, f"{page}finish/"):
        refused = bob.post(path, {"choice-1": "my words"}, headers=headers)
        text = refused.content.decode()
        assert refused.status_code == 404
        assert 'You are signed in as <strong dir="auto">bob</strong>' in text
        assert "Send it again" in text
        assert "my words" in text
    assert "You are signed in as" not in bob.get(page).content.decode()
