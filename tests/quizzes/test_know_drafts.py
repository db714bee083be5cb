"""After a check that is refused, a page knows of the run's fields only what it has seen."""

from typing import Any

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes.models import Attempt
from tests.factories import HTMX, client_of, make_learner, make_topic, right_choice, wrong_choice
from tests.quizzes.sending import form

pytestmark = pytest.mark.django_db
FIRST, LAST = "/learn/gradients/practice/1/", "/learn/gradients/practice/2/"
NOT_COUNTED = "Not counted: what you sent for the prediction or the seed."
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2)


@pytest.fixture
def client(topic: Topic) -> Client:
    client = client_of(make_learner())
    client.post(FIRST, {"choice": right_choice(topic.questions.get(position=1))})
    return client


def finished(client: Client, refused: Any, percent: str) -> tuple[float | None, str]:
    """The prediction of the run that the refused page asks for then, and what is told."""
    attempt = Attempt.objects.get()
    sent = {"known": refused.context["page"].known, "predicted_percent": percent}
    told = client.post(f"/attempts/{attempt.pk}/finish/", sent, follow=True).content.decode()
    attempt.refresh_from_db()
    assert attempt.run is not None
    return attempt.run.prediction, told


@BOTH
def test_what_came_with_an_answer_that_does_not_count_is_kept(
    client: Client, topic: Topic, headers: dict[str, str]
) -> None:
    late, last = form(client, LAST), topic.questions.get(position=2)
    client.post(LAST, form(client, LAST) | {"choice": right_choice(last)})
    sent = late | {"choice": wrong_choice(last), "predicted_percent": "80"}
    refused = client.post(LAST, sent, headers=headers)
    assert refused.status_code == 409
    assert client.get(LAST).context["form"]["predicted_percent"].value() == "80"
    prediction, told = finished(client, refused, "80")
    assert prediction == 0.8
    assert NOT_COUNTED not in told


@BOTH
def test_what_came_with_no_answer_does_not_replace_what_another_tab_has_typed(
    client: Client, topic: Topic, headers: dict[str, str]
) -> None:
    late, first = form(client, LAST), topic.questions.get(position=1)
    sent = form(client, LAST) | {"predicted_percent": "80"}
    client.post(FIRST, sent | {"choice": right_choice(first)})
    refused = client.post(LAST, late | {"predicted_percent": "10"}, headers=headers)
    assert refused.status_code == 422
    prediction, told = finished(client, refused, "10")
    assert prediction == 0.8
    assert NOT_COUNTED in told


def test_without_javascript_it_is_said_that_another_tabs_prediction_stays(
    client: Client, topic: Topic
) -> None:
    late = form(client, LAST)
    second = topic.questions.get(position=2)
    other = form(client, LAST) | {"predicted_percent": "61"}
    client.post(f"/attempts/{Attempt.objects.get().pk}/finish/", other | {"seed": "x"})
    sent = late | {"choice": right_choice(second), "predicted_percent": "53"}
    page = client.post(LAST, sent, follow=True)
    assert page.context["form"]["predicted_percent"].value() == "61"
    assert "Not saved: the prediction or the seed was changed in another tab" in (
        page.content.decode()
    )
