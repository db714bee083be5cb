"""A topic that is taken back while somebody practises it or takes its test."""

import re

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from authoring.models import State
from lessons.models import Topic
from quizzes import lifecycle, services
from quizzes.models import Attempt
from tests.factories import (
    client_of,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    quiz,
)
from training_jobs.models import Experiment

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["practice", "test"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def attempt(kind: str) -> Attempt:
    topic = make_topic("gradients")
    make_question(topic, use=kind)
    attempt = services.start(quiz(topic, kind), make_learner())
    Topic.objects.filter(pk=topic.pk).update(state=State.DRAFT)
    return attempt


def lost(client: Client, page: HttpResponseBase) -> list[str]:
    """The page's links that lead nowhere."""
    assert page.status_code == 200
    links = set(re.findall(r'href="(/[^"#]*)', page.getvalue().decode()))
    pages = {link for link in links if not link.startswith("/static/")}
    assert pages
    return [link for link in pages if client.get(link, follow=True).status_code == 404]


def test_what_is_open_can_still_be_gone_on_with(attempt: Attempt) -> None:
    client = client_of(attempt.learner)
    assert attempt.get_absolute_url() in client.get("/me/attempts/").content.decode()
    for address in (attempt.get_absolute_url(), "/me/", "/me/attempts/"):
        assert lost(client, client.get(address, follow=True)) == []


def test_what_has_ended_leads_nowhere_that_is_gone(attempt: Attempt) -> None:
    client = client_of(attempt.learner)
    address = f"{attempt.get_absolute_url()}finish/"
    page = client.post(address, {"seed": "1", "predicted_percent": "90"}, follow=True)
    assert page.request["PATH_INFO"].endswith("/result/")
    assert lost(client, page) == []
    for address in ("/me/", "/me/attempts/", "/me/review/"):
        assert lost(client, client.get(address)) == []


def test_results_and_runs_lead_to_no_experiment_that_is_gone(attempt: Attempt) -> None:
    client = client_of(attempt.learner)
    client.post(f"{attempt.get_absolute_url()}finish/", {"seed": "1", "predicted_percent": "90"})
    attempt.refresh_from_db()
    assert attempt.run is not None
    withdraw()
    for address in (f"{attempt.get_absolute_url()}result/", attempt.run.get_absolute_url()):
        assert lost(client, client.get(address)) == []


def test_the_result_of_a_void_attempt_leads_to_no_experiment_that_is_gone(attempt: Attempt) -> None:
    client = client_of(attempt.learner)
    assert lifecycle.void(attempt, "The room was noisy.", make_teacher())
    address = f"{attempt.get_absolute_url()}result/"
    assert "train “" in client.get(address).content.decode()
    withdraw()
    assert lost(client, client.get(address)) == []


def withdraw() -> None:
    Experiment.objects.update(state=State.DRAFT)


def test_nobody_else_practises_it(attempt: Attempt) -> None:
    for client in (Client(), client_of(make_learner())):
        for method in (client.get, client.post):
            assert method("/learn/gradients/practice/1/").status_code == 404
