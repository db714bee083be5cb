"""The queue has a door: a flood from one address meets it, members walk past."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Learner, Session
from lessons.models import Topic
from quizzes.models import Attempt
from tests.factories import PASSWORD, client_of, make_lesson, make_topic, make_user
from training_jobs.models import Run
from training_jobs.queries import queue_of

pytestmark = pytest.mark.django_db


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Learner, Session, Attempt, Run))


def post(address: str, client: Client | None = None, **fields: str) -> Any:
    """A POST of somebody who has not been here before, or of this browser."""
    return (client or Client()).post(address, fields)


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=2, inline=1, bank=12)
    make_lesson(topic)
    return topic


ADDRESSES = {
    "/learn/gradients/practice/1/": {"choice": "ffffff"},
    "/learn/gradients/test/": {},
    "/learn/gradients/experiment/check/": {"question": "1"},
    "/learn/gradients/experiment/read/": {},
    "/experiments/gradients-run/": {"seed": "4711"},
    "/experiments/gradients-run/sweep/": {},
}


def test_a_flood_without_cookies_keeps_no_member_waiting(topic: Topic, settings: Settings) -> None:
    settings.ADDRESS_GUESTS_AN_HOUR = 40
    address = "/experiments/gradients-run/"
    # They come one after the other, so the second database need not be asked a thousand times.
    flood = 1000 if connection.vendor == "sqlite" else 120
    statuses = [post(address, seed="1").status_code for _ in range(flood)]
    assert statuses.count(302) == 40
    assert set(statuses[40:]) == {429}
    assert rows() == (40, 40, 0, 40)
    member = client_of(make_user("ada"))
    assert post(address, member, seed="2").status_code == 302
    place = queue_of(Run.objects.get(learner__user__username="ada")).position
    assert place is not None
    assert place <= 10


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_refused_guest_leaves_no_row(topic: Topic, settings: Settings, address: str) -> None:
    settings.ADDRESS_GUESTS_AN_HOUR = 0
    response = post(address, None, **ADDRESSES[address])
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Sign in or sign up to continue now, or come back" in response.content.decode()
    assert rows() == (0, 0, 0, 0)


def test_a_guest_is_not_sent_to_sign_up_where_that_is_refused_too(
    topic: Topic, settings: Settings
) -> None:
    settings.ADDRESS_GUESTS_AN_HOUR = 0
    for number in range(60):
        values = {"username": f"pupil-{number}", "email": f"pupil-{number}@example.org"}
        values |= {"password1": PASSWORD, "password2": PASSWORD}
        assert Client().post("/accounts/signup/", values).status_code == 302
    page = post("/experiments/gradients-run/").content.decode()
    assert "sign up to continue now" not in page
    assert re.search(r"Sign in to continue now, sign up in \d+ seconds?, or come back in", page)


def test_what_was_typed_is_kept(topic: Topic, settings: Settings) -> None:
    settings.ADDRESS_GUESTS_AN_HOUR = 0
    page = post("/experiments/gradients-run/", seed="4711", predicted_percent="61.5")
    assert 'value="4711"' in page.content.decode()
    assert 'value="61.5"' in page.content.decode()


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/learn/gradients/practice/1/", {"choice": "ffffff"}),
        ("/learn/gradients/practice/1/", {}),
        ("/learn/gradients/experiment/check/", {"question": "1", "choice": "ffffff"}),
        ("/experiments/gradients-run/", {"seed": "x"}),
        ("/experiments/gradients-run/race/", {}),
    ],
)
def test_a_wish_that_cannot_be_had_leaves_no_row(
    topic: Topic, address: str, fields: dict[str, str]
) -> None:
    before = rows()
    post(address, None, **fields)
    assert rows() == before


def test_a_full_queue_refuses_guests_and_has_places_for_members(
    topic: Topic, settings: Settings
) -> None:
    settings.QUEUE_GUEST_RUNS, settings.QUEUE_MEMBER_RUNS = 2, 2
    address = "/experiments/gradients-run/"
    assert [post(address).status_code for _ in range(3)] == [302, 302, 503]
    refused = post(address, seed="4711")
    assert refused["Retry-After"] == "60"
    assert "2 runs are already waiting" in refused.content.decode()
    assert "4711" in refused.content.decode()
    assert rows() == (2, 2, 0, 2)
    members = [client_of(make_user(name)) for name in ("ada", "bob", "eve")]
    assert [post(address, member).status_code for member in members] == [302, 302, 503]


def test_a_sweep_counts_by_its_runs(topic: Topic, settings: Settings) -> None:
    settings.QUEUE_GUEST_RUNS = 14
    sweep = "/experiments/gradients-run/sweep/"
    assert post(sweep).status_code == 503
    settings.QUEUE_GUEST_RUNS, settings.ADDRESS_RUNS_AN_HOUR = 100, 29
    assert [post(sweep).status_code for _ in range(2)] == [302, 429]
    assert Run.objects.count() == 15
    assert [post("/experiments/gradients-run/").status_code for _ in range(15)] == [302] * 14 + [
        429
    ]


def test_a_finish_is_never_failed_by_a_full_queue(topic: Topic, settings: Settings) -> None:
    settings.QUEUE_GUEST_RUNS = 0
    guest = Client()
    attempt = guest.post("/learn/gradients/test/")["Location"]
    assert guest.post(f"{attempt}finish/", {"request_key": str(uuid4())}).status_code == 302
    assert Attempt.objects.get().state == Attempt.State.FINISHED
    refused = guest.post(f"{attempt}train/")
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    settings.QUEUE_GUEST_RUNS = 1
    assert guest.post(f"{attempt}train/").status_code == 302
    assert Run.objects.count() == 1


def test_members_of_the_same_network_go_on(topic: Topic, settings: Settings) -> None:
    settings.ADDRESS_GUESTS_AN_HOUR = 0
    member = client_of(make_user("ada"))
    for address, fields in ADDRESSES.items():
        assert post(address, member, **fields).status_code in {302, 422}, address


@pytest.mark.parametrize(
    "address", ["/experiments/gradients-run/", "/experiments/gradients-run/sweep/"]
)
def test_fields_that_mean_nothing_are_refused_in_words(topic: Topic, address: str) -> None:
    unknown = post(address, epochs="50")
    assert unknown.status_code == 422
    assert "This form has no field “epochs”" in unknown.content.decode()
    key = str(uuid4())
    twice = Client().post(address, {"request_key": [key, key]})
    assert twice.status_code == 422
    assert "“request_key” was sent 2 times" in twice.content.decode()
    assert post(address, request_key="no key").status_code == 422
    assert rows() == (0, 0, 0, 0)
