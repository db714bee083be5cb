"""A finish is never refused for want of a place for its run: the result offers the run later."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from quizzes import lifecycle, services
from quizzes.models import Attempt
from tests.factories import client_of, make_learner, make_teacher, make_topic, quiz
from training_jobs.models import Run

pytestmark = pytest.mark.django_db
TYPED = {"seed": "4711", "predicted_percent": "80"}


@pytest.fixture
def attempt(settings: Settings) -> Attempt:
    """Finished while its learner could have no run."""
    settings.GUEST_ACTIVE_RUNS = 0
    attempt = services.start(quiz(make_topic("gradients", practice=2), "practice"), make_learner())
    services.finish(attempt, {})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.run) == ("finished", None)
    return attempt


@pytest.fixture
def client(attempt: Attempt) -> Client:
    return client_of(attempt.learner)


def train(attempt: Attempt) -> str:
    return f"/attempts/{attempt.pk}/train/"


def result(attempt: Attempt) -> str:
    return f"/attempts/{attempt.pk}/result/"


def test_the_result_offers_the_run(attempt: Attempt, client: Client, settings: Settings) -> None:
    assert train(attempt) in client.get(result(attempt)).content.decode()
    settings.GUEST_ACTIVE_RUNS = 1
    for _ in range(2):
        assert client.post(train(attempt), TYPED)["Location"] == result(attempt)
    run = Run.objects.get()
    assert (run.plan["seed"], run.prediction, run.learner) == (4711, 0.8, attempt.learner)
    page = client.get(result(attempt)).content.decode()
    assert str(run.pk) in page
    assert train(attempt) not in page


def test_it_says_why_it_still_cannot_be(attempt: Attempt, client: Client) -> None:
    refused = client.post(train(attempt), TYPED)
    assert refused.status_code == 429
    page = refused.content.decode()
    assert "0 at a time is the limit" in page
    assert "4711" in page
    assert not Run.objects.exists()


def test_what_cannot_be_read_is_told_beside_it(
    attempt: Attempt, client: Client, settings: Settings
) -> None:
    settings.GUEST_ACTIVE_RUNS = 1
    page = client.post(train(attempt), {"seed": "7", "predicted_percent": "150"}).content.decode()
    assert "Enter a percentage from 0 to 100" in page
    assert 'value="150"' in page
    assert not Run.objects.exists()


def test_another_one_starts_nothing(attempt: Attempt, settings: Settings) -> None:
    settings.GUEST_ACTIVE_RUNS = 1
    assert client_of(make_learner()).post(train(attempt), TYPED).status_code == 404
    assert not Run.objects.exists()


def test_a_void_attempt_gets_none(attempt: Attempt, client: Client, settings: Settings) -> None:
    settings.GUEST_ACTIVE_RUNS = 1
    lifecycle.void(attempt, "The key was wrong.", make_teacher())
    assert train(attempt) not in client.get(result(attempt)).content.decode()
    client.post(train(attempt), TYPED)
    assert not Run.objects.exists()


def test_an_open_attempt_is_gone_on_with(settings: Settings) -> None:
    settings.GUEST_ACTIVE_RUNS = 1
    attempt = services.start(quiz(make_topic("gradients", practice=2), "test"), make_learner())
    client = client_of(attempt.learner)
    assert client.post(train(attempt), TYPED)["Location"] == attempt.get_absolute_url()
    assert not Run.objects.exists()
