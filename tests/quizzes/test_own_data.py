"""A learner takes their data away, and has it forgotten: all of their own, and nobody else's."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Learner, User
from accounts.sessions import AGENT, BEGAN
from lessons.models import Topic
from quizzes import saving, services
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    finish_run,
    keyed,
    make_learner,
    make_run,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
)
from training_jobs.models import Run, RunEvent

pytestmark = pytest.mark.django_db
DATA, DELETE = "/me/data/", "/me/delete/"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2)


def worked(topic: Topic, learner: Learner) -> Attempt:
    """A finished practice set, an open test and a run of this learner."""
    attempt = services.start(quiz(topic), learner)
    first, second = answers(attempt)
    services.finish(attempt, {1: keyed(first), 2: mistaken(second)})
    services.start(quiz(topic, "test"), learner)
    return Attempt.objects.get(id=attempt.id)


def downloaded(client: Client) -> dict[str, Any]:
    response = client.get(DATA)
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    data: dict[str, Any] = json.loads(response.content)
    return data


def test_the_file_has_every_attempt_answer_and_run(topic: Topic) -> None:
    learner = make_learner(make_user("ada"))
    finished = worked(topic, learner)
    data = downloaded(client_of(learner))
    account = data["learner"]["account"]
    assert (account["username"], account["email"]) == ("ada", "ada@example.org")
    practice, test = data["attempts"]
    assert (practice["score"], practice["questions"][0]["right"]) == (1, None), "a test asks it"
    services.finish(Attempt.objects.get(pk=test["id"]), {})
    practice, _ = downloaded(client_of(learner))["attempts"]
    assert (practice["id"], practice["quiz"], practice["score"]) == (
        str(finished.pk),
        "practice",
        1,
    )
    assert [question["right"] for question in practice["questions"]] == [True, False]
    assert "weights += 0" in practice["questions"][0]["answer"][0]
    assert (test["state"], test["score"]) == ("open", None)
    assert [run["id"] for run in data["runs"]] == [str(finished.run_id)]


def test_the_file_has_sign_ins_second_steps_and_addresses_without_their_secrets() -> None:
    user = make_user("ada")
    EmailAddress.objects.create(user=user, email="ada@old.example", verified=True)
    secret = f"secret-{uuid4()}"
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        hidden = {"secret": secret, "seed": secret}
        Authenticator.objects.create(user=user, type=kind, data=hidden)
    Authenticator.objects.update(created_at=NOON)
    other = make_user("eve")
    client_of(other)
    EmailAddress.objects.create(user=other, email="eve@example.org")
    client = client_of(user)
    session = client.session
    session.update({BEGAN: NOON.isoformat(), AGENT: "Firefox on Linux"})
    session.save()
    data = downloaded(client)
    account = data["learner"]["account"]
    (sign_in,) = account["sign_ins"]
    assert (sign_in["browser"], sign_in["began"]) == ("Firefox on Linux", "2026-11-01T12:00:00Z")
    assert account["email_addresses"] == [
        {"address": "ada@old.example", "confirmed": True, "primary": False}
    ]
    steps = [(step["name"], step["added"]) for step in account["second_steps"]]
    assert steps == [
        ("TOTP Authenticator", "2026-11-01T12:00:00Z"),
        ("Recovery codes", "2026-11-01T12:00:00Z"),
    ]
    assert account["joined"]
    told = json.dumps(data)
    for unwanted in (secret, client.session.session_key, user.password, "eve"):
        assert str(unwanted) not in told


def test_the_file_has_a_guests_address_and_when_they_were_last_here(topic: Topic) -> None:
    guest = Client(REMOTE_ADDR="203.0.113.7")
    guest.post(f"/learn/{topic.slug}/test/")
    Learner.objects.update(seen_at=NOON)
    kept = downloaded(guest)["learner"]
    assert (kept["address"], kept["last_seen"]) == ("203.0.113.7", "2026-11-01T12:00:00Z")


# Written down for others to read, about what this person did to their rows.
OTHERS = {"logentry", "scorechange", "regrading", "attempt"}


def test_every_table_with_rows_of_a_person_is_in_the_file() -> None:
    """A new one belongs into `exported`, or among those that are for others."""
    of_learner = {relation.name for relation in Learner._meta.related_objects}
    assert of_learner == {"attempts", "runs", "reads", "cards"}
    of_user = {relation.name for relation in User._meta.related_objects}
    assert of_user - OTHERS == {"learner", "sessions", "emailaddress", "authenticator"}


def test_it_tells_no_key_before_its_time(topic: Topic) -> None:
    learner = make_learner()
    test = services.start(quiz(topic, "test"), learner)
    saving.save(test, {1: mistaken(answers(test)[0])}, seq=1)
    (attempt,) = downloaded(client_of(learner))["attempts"]
    assert [(it["right"], it["credit"]) for it in attempt["questions"]] == [(None, None)] * 2
    Quiz.objects.update(review_after=[])
    services.finish(test, {})
    (attempt,) = downloaded(client_of(learner))["attempts"]
    assert attempt["score"] is None
    assert {it["right"] for it in attempt["questions"]} == {None}


def test_an_account_that_has_done_nothing_gets_what_is_kept_of_it() -> None:
    data = downloaded(client_of(make_user("ada")))
    assert data["learner"]["account"]["username"] == "ada"
    assert not Learner.objects.exists()


def test_who_has_done_nothing_gets_an_empty_file() -> None:
    assert downloaded(Client()) == {
        "learner": None,
        "attempts": [],
        "reviews": [],
        "lessons_read": [],
        "runs": [],
    }
    assert "We keep nothing about you" in Client().get(DELETE).content.decode()


def test_the_number_of_queries_does_not_grow(
    topic: Topic, django_assert_max_num_queries: Any
) -> None:
    learner = make_learner()
    for _ in range(4):
        worked(topic, learner)
        Attempt.objects.filter(learner=learner, state="open").update(state="finished")
    client = client_of(learner)
    with django_assert_max_num_queries(9):
        assert len(downloaded(client)["attempts"]) == 8


def test_a_guest_is_forgotten_with_everything_and_nobody_else_is(topic: Topic) -> None:
    reference = finish_run(make_run(topic))
    guest, other = make_learner(), make_learner()
    worked(topic, guest)
    worked(topic, other)
    client = client_of(guest)
    assert "Delete it all for good" in client.get(DELETE).content.decode()
    assert Learner.objects.count() == 2, "looking deletes nothing"
    page = client.post(DELETE, follow=True).content.decode()
    assert "Everything we kept about you has been deleted." in page
    assert list(Learner.objects.all()) == [other]
    assert set(Attempt.objects.values_list("learner", flat=True)) == {other.pk}
    assert set(Answer.objects.values_list("attempt__learner", flat=True)) == {other.pk}
    assert set(Run.objects.values_list("learner", flat=True)) == {other.pk, None}
    assert RunEvent.objects.filter(run=reference).exists()
    assert "sessionid" not in client.cookies or not client.cookies["sessionid"].value


def test_a_member_gives_the_password_first_and_then_the_account_is_gone(topic: Topic) -> None:
    user = make_user("ada")
    worked(topic, make_learner(user))
    client = client_of(user)
    asked = client.post(DELETE)
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    assert User.objects.filter(username="ada").exists()
    client.post(asked["Location"], {"password": "wrong"})
    assert User.objects.filter(username="ada").exists()
    done = client.post(asked["Location"], {"password": PASSWORD})
    assert done["Location"] == "/", "what was asked for is done with the right password"
    assert not User.objects.filter(username="ada").exists()
    assert not Learner.objects.exists()
    assert not Attempt.objects.exists()
    assert not Run.objects.exclude(learner=None).exists()
    assert client.get("/accounts/email/").status_code == 302, "signed out"


def confirm(client: Client) -> None:
    """Shows who one is, for something else."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_what_was_confirmed_before_does_not_delete_an_account(topic: Topic) -> None:
    user = make_user("ada")
    client = client_of(user)
    said = " ".join(client.get(DELETE).content.decode().split())
    assert "You will be asked for your password first, even if you have just given it." in said
    confirm(client)
    for _ in range(2):
        assert "reauthenticate" in client.post(DELETE)["Location"]
        assert User.objects.filter(username="ada").exists()
        confirm(client)  # without the address of what waits: that is let go
    assert User.objects.filter(username="ada").exists()
    client.post(client.post(DELETE)["Location"], {"password": PASSWORD})
    assert not User.objects.filter(username="ada").exists()


def test_an_account_without_a_password_is_promised_no_question_for_one(topic: Topic) -> None:
    user = make_user("ada")
    client = client_of(user)
    user.set_unusable_password()
    user.save()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert "You will be asked" not in client.get(DELETE).content.decode()
    client.post(DELETE)
    assert not User.objects.filter(username="ada").exists()


def test_an_account_that_authors_is_not_removed_by_itself() -> None:
    client = client_of(make_teacher("grace"))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "Ask an administrator" in client.get(DELETE).content.decode()
    assert client.post(DELETE).status_code == 403
    assert User.objects.filter(username="grace").exists()


def test_another_site_cannot_delete_it(topic: Topic) -> None:
    guest = make_learner()
    worked(topic, guest)
    client = Client(enforce_csrf_checks=True)
    client.cookies = client_of(guest).cookies
    assert client.post(DELETE).status_code == 403
    assert Learner.objects.filter(pk=guest.pk).exists()
