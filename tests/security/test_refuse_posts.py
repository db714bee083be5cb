"""Posts that nobody meant to send: forged, too large, or leading elsewhere."""

import pytest
from django.test import Client

from accounts.learners import SESSION_KEY
from accounts.models import Learner, User
from quizzes import services
from quizzes.models import Attempt
from tests.factories import (
    PASSWORD,
    client_of,
    make_learner,
    make_lesson,
    make_run,
    make_topic,
    make_user,
    quiz,
)
from training_jobs.models import Run

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture
def attempt() -> Attempt:
    topic = make_topic("gradients", practice=2, inline=1)
    make_lesson(topic)
    return services.start(quiz(topic, "test"), make_learner(make_user("ada")))


def posts(attempt: Attempt) -> list[str]:
    """Every address of ours that takes a POST, and those of accounts that matter most."""
    run = make_run(attempt.quiz.topic, attempt.learner)
    return [
        "/learn/gradients/practice/1/",
        "/learn/gradients/experiment/check/",
        "/learn/gradients/test/",
        f"/attempts/{attempt.pk}/",
        f"/attempts/{attempt.pk}/finish/",
        f"/attempts/{attempt.pk}/train/",
        "/experiments/gradients-run/",
        f"/runs/{run.pk}/cancel/",
        f"/runs/{run.pk}/repeat/",
        "/experiments/gradients-run/race/",
        "/experiments/gradients-run/sweep/",
        "/accounts/claim/",
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/email/",
        "/admin/quizzes/question/add/",
    ]


def test_a_forged_post_is_refused(attempt: Attempt) -> None:
    assert attempt.learner.user is not None
    forger = Client(enforce_csrf_checks=True)
    forger.force_login(attempt.learner.user, "django.contrib.auth.backends.ModelBackend")
    for address in posts(attempt):
        assert forger.post(address, {"choice": "x"}).status_code == 403, address
    attempt.refresh_from_db()
    assert attempt.is_open
    assert Run.objects.get().state == Run.State.QUEUED
    assert "_auth_user_id" in forger.session


@pytest.mark.parametrize("address", [LOGIN, "/accounts/signup/", "/accounts/password/reset/"])
def test_nobody_is_signed_in_or_up_by_a_forged_post(address: str) -> None:
    make_user("ada")
    form = {"login": "ada", "password": PASSWORD, "username": "eve", "email": "eve@example.org"}
    forged = form | {"password1": PASSWORD, "password2": PASSWORD}
    assert Client(enforce_csrf_checks=True).post(address, forged).status_code == 403
    assert User.objects.count() == 1


def test_a_post_from_another_site_is_refused(attempt: Attempt) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/learn/gradients/practice/1/")
    form = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "choice": "ffffff"}
    here = client.post("/learn/gradients/practice/1/", form)
    assert here.status_code == 422
    headers = {"Origin": "https://evil.example"}
    there = client.post("/learn/gradients/practice/1/", form, headers=headers)
    assert there.status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "\thttps://evil.example/",
    ],
)
def test_next_leads_nowhere_else(target: str) -> None:
    make_user("ada")
    form = {"login": "ada", "password": PASSWORD, "next": target}
    assert Client().post(LOGIN, form)["Location"] == "/me/"
    new = {"username": "eve", "email": "eve@example.org", "next": target}
    new |= {"password1": PASSWORD, "password2": PASSWORD}
    assert Client().post("/accounts/signup/", new)["Location"] == "/me/"
    leaving = client_of(make_user("bob")).post("/accounts/logout/", {"next": target})
    assert leaving["Location"] == "/"
    page = Client().get(LOGIN, {"next": target}).content.decode()
    assert 'href="https://evil' not in page
    assert "javascript:" not in page.replace(f'value="{target}"', "")


def test_next_leads_on_within_the_platform() -> None:
    make_user("ada")
    form = {"login": "ada", "password": PASSWORD, "next": "/learn/gradients/"}
    assert Client().post(LOGIN, form)["Location"] == "/learn/gradients/"


TOO_LARGE = "x" * (1024 * 1024 + 1)


@pytest.mark.parametrize(
    "address", ["/learn/gradients/practice/1/", "/experiments/gradients-run/", LOGIN]
)
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart"])
def test_a_body_over_a_megabyte_is_refused(
    attempt: Attempt, address: str, content_type: str
) -> None:
    client = Client()
    if content_type == "multipart":
        response = client.post(address, {"choice": TOO_LARGE})
    else:
        response = client.post(address, f"choice={TOO_LARGE}", content_type=content_type)
    assert response.status_code == 413
    assert Learner.objects.count() == 1


def test_a_file_over_a_megabyte_is_refused(attempt: Attempt) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("big.bin", TOO_LARGE.encode())
    response = Client().post("/learn/gradients/practice/1/", {"choice": "x", "file": upload})
    assert response.status_code == 413


def test_a_thousand_and_one_fields_are_refused(attempt: Attempt) -> None:
    many = {f"choice-{number}": "x" for number in range(1001)}
    response = client_of(attempt.learner).post(f"/attempts/{attempt.pk}/", many)
    assert response.status_code == 400


FIELDS = ("choice", "choice-1", "question", "seq", "seed", "predicted_percent", "request_key")


@pytest.mark.parametrize(
    "value", ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "\U0001f600" * 1000, "%00", "é"]
)
def test_odd_characters_harm_nothing(attempt: Attempt, value: str | bytes) -> None:
    client = client_of(attempt.learner)
    for address in posts(attempt):
        response = client.post(address, dict.fromkeys(FIELDS, value))
        assert response.status_code < 500, address


def test_signing_in_changes_the_session_key() -> None:
    """Whoever planted a session key in a browser must not share what is signed in with it."""
    make_user("ada")
    victim = client_of(make_learner())
    planted, guest = victim.session.session_key, victim.session[SESSION_KEY]
    victim.post(LOGIN, {"login": "ada", "password": PASSWORD})
    assert "_auth_user_id" in victim.session
    assert victim.session.session_key != planted
    assert victim.session[SESSION_KEY] == guest
    thief = Client()
    thief.cookies["sessionid"] = str(planted)
    assert "_auth_user_id" not in thief.session


def test_signing_out_leaves_nothing_behind() -> None:
    client = client_of(make_user())
    key = client.session.session_key
    client.post("/accounts/logout/")
    stale = Client()
    stale.cookies["sessionid"] = str(key)
    assert "_auth_user_id" not in stale.session
