"""A form about a guest's work names the guest whom its page showed: no other's is touched."""

import re
from html import unescape
from typing import NamedTuple

import pytest
from django.test import Client

from accounts import learners
from accounts.learners import SESSION_KEY
from accounts.models import Learner
from quizzes import services
from quizzes.models import Attempt
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    keyed,
    make_learner,
    make_topic,
    make_user,
    quiz,
)

pytestmark = pytest.mark.django_db
CLAIM, DECLINE, ALL, ME = "/accounts/claim/", "/me/guest/delete/", "/me/delete/", "/me/"
BOTH = pytest.mark.parametrize("address", [CLAIM, DECLINE])


def worked() -> Attempt:
    """A guest's practice set, with an answer."""
    attempt = services.start(quiz(make_topic(practice=2)), make_learner())
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    return attempt


def sign_in(client: Client) -> None:
    client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    assert "_auth_user_id" in client.session


class Two(NamedTuple):
    """Guests who wait for ada: one from another browser, and the one that this one asks about."""

    browser: Client
    other: Attempt
    here: Attempt


@pytest.fixture
def two() -> Two:
    make_user("ada")
    other, here = worked(), worked()
    sign_in(client_of(other.learner))
    browser = client_of(here.learner)
    sign_in(browser)
    return Two(browser, other, here)


def shown(browser: Client, address: str) -> dict[str, str]:
    """The fields of the form that goes to this address."""
    page = browser.get({CLAIM: ME}.get(address, address)).content.decode()
    posted = re.findall(r'<form[^>]*method="post".*?</form>', page, re.S)
    its_own = f'action="{ALL}"' if address == ALL else 'name="guest"'
    form = next(it for it in posted if its_own in it)
    return {name: unescape(it) for name, it in re.findall(r'name="(\w+)" value="(.*?)"', form)}


def is_there(attempt: Attempt) -> bool:
    return Learner.objects.filter(pk=attempt.learner_id, user=None).exists()


@BOTH
def test_what_is_sent_twice_reaches_one_guest(two: Two, address: str) -> None:
    form = shown(two.browser, address)
    first = two.browser.post(address, form)
    assert not is_there(two.here)
    again = two.browser.post(address, form, follow=True)
    assert again.redirect_chain == [(first["Location"], 302)]
    assert again.status_code == 200
    assert is_there(two.other)
    assert two.browser.session[SESSION_KEY] == str(two.other.learner_id), "it is asked about next"


@BOTH
def test_the_last_one_sent_twice_leads_to_where_the_first_led(two: Two, address: str) -> None:
    Learner.objects.filter(pk=two.other.learner_id).delete()
    form = shown(two.browser, address)
    leads = [two.browser.post(address, form)["Location"] for _ in range(2)]
    assert leads == [ME, ME]
    assert "moved or removed already" in two.browser.get(ME).content.decode()


@BOTH
def test_another_tab_changes_nothing_of_what_a_page_is_about(two: Two, address: str) -> None:
    form = shown(two.browser, address)
    two.browser.get(f"/attempts/{two.other.pk}/")  # a guest's: asks about it, and says so
    refused = two.browser.post(address, form)
    assert refused.status_code == 409
    text = refused.content.decode()
    assert "Nothing was" in text
    assert "another guest’s work" in " ".join(text.split())
    assert is_there(two.other)
    assert is_there(two.here)
    asked = f'name="guest" value="{two.other.learner_id}"'
    assert text.count(asked) == 1, "the page is about the one that is asked about now"
    assert two.browser.post(address, shown(two.browser, address)).status_code == 302
    assert (is_there(two.other), is_there(two.here)) == (False, True)


@BOTH
def test_an_older_page_names_nobody_and_goes_on_if_one_waits(two: Two, address: str) -> None:
    assert two.browser.post(address).status_code == 409
    assert is_there(two.other)
    assert is_there(two.here)
    Learner.objects.filter(pk=two.other.learner_id).delete()
    assert two.browser.post(address).status_code == 302
    assert not is_there(two.here)


@BOTH
@pytest.mark.parametrize("key", ["", "x", "\0", "00000000-0000-0000-0000-000000000000"])
def test_a_key_of_nobody_who_waits_changes_nothing(two: Two, address: str, key: str) -> None:
    assert two.browser.post(address, {"guest": key}).status_code == 302
    stranger = worked()
    assert two.browser.post(address, {"guest": str(stranger.learner_id)}).status_code == 302
    assert all(map(is_there, [*two[1:], stranger]))


def test_a_key_is_of_no_use_to_others(two: Two) -> None:
    make_user("eve")
    eve, form = client_of(make_user("bob")), {"guest": str(two.here.learner_id)}
    for browser in (eve, Client()):
        browser.post(CLAIM, form)
        browser.post(DECLINE, form)
    assert Client().post(DECLINE, form).status_code == 404
    assert is_there(two.here)


def test_a_claim_that_comes_while_the_first_moves_the_work_says_no_other_thing(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    form, hold = shown(two.browser, CLAIM), learners.hold

    def late(*held: Learner) -> None:
        Learner.objects.filter(pk=two.here.learner_id).delete()
        hold(*held)

    monkeypatch.setattr(learners, "hold", late)
    page = two.browser.post(CLAIM, form, follow=True).content.decode()
    assert "moved or removed already" in page
    assert "There was no guest work left" not in page
    assert is_there(two.other)


def delete_all(browser: Client, form: dict[str, str]) -> int:
    """The status, after the password where one is asked for."""
    sent = browser.post(ALL, form)
    if sent.status_code == 302:
        sent = browser.post(sent["Location"], {"password": PASSWORD})
    return int(sent.status_code)


def test_deleting_everything_deletes_no_guest_that_its_page_did_not_mention(two: Two) -> None:
    form = shown(two.browser, ALL)
    page = " ".join(two.browser.get(ALL).content.decode().split())
    assert "in each of 2 browsers" in page
    new = worked()
    sign_in(client_of(new.learner))
    refused = two.browser.post(ALL, form)
    assert refused.status_code == 409
    assert "Nothing was deleted." in refused.content.decode()
    assert all(map(is_there, [*two[1:], new]))
    assert delete_all(two.browser, shown(two.browser, ALL)) == 302
    assert not Learner.objects.exists()


def test_one_that_waits_since_the_password_was_asked_for_is_not_deleted(two: Two) -> None:
    asked = two.browser.post(ALL, shown(two.browser, ALL))["Location"]
    new = worked()
    sign_in(client_of(new.learner))
    refused = two.browser.post(asked, {"password": PASSWORD})
    assert refused.status_code == 409
    assert f'action="{ALL}"' in refused.content.decode()
    assert all(map(is_there, [*two[1:], new]))


def test_what_was_moved_since_does_not_hold_up_deleting_everything(two: Two) -> None:
    form = shown(two.browser, ALL)
    two.browser.post(CLAIM, shown(two.browser, CLAIM))
    assert delete_all(two.browser, form) == 302
    assert not Learner.objects.exists()


def test_an_older_page_to_delete_everything_goes_on_if_one_waits(two: Two) -> None:
    assert two.browser.post(ALL).status_code == 409
    Learner.objects.filter(pk=two.other.learner_id).delete()
    assert delete_all(two.browser, {}) == 302
    assert not Learner.objects.exists()
