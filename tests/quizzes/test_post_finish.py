"""The finish form: it grades, asks for the run, and leads to the result."""

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes import services
from quizzes.models import Attempt
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_topic,
    make_user,
    mistaken,
    quiz,
)
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=3, inline=1)


@pytest.fixture(params=["practice", "test"])
def attempt(request: pytest.FixtureRequest, topic: Topic) -> Attempt:
    return services.start(quiz(topic, request.param), make_learner())


def finish(attempt: Attempt, **posted: object) -> str:
    """Where the finish form leads."""
    response = client_of(attempt.learner).post(f"/attempts/{attempt.pk}/finish/", posted)
    assert response.status_code == 302
    return response["Location"]


def result(attempt: Attempt) -> str:
    return f"/attempts/{attempt.pk}/result/"


def test_it_grades_and_leads_to_the_result(attempt: Attempt) -> None:
    first, second, *_ = answers(attempt)
    posted = {"choice-1": keyed(first), "choice-2": mistaken(second)}
    assert finish(attempt, **posted) == result(attempt)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == ("finished", 1)


@pytest.mark.parametrize(("percent", "fraction"), [("97.5", 0.975), ("0", 0.0), ("", None)])
def test_the_prediction_goes_with_the_run(
    attempt: Attempt, percent: str, fraction: float | None
) -> None:
    finish(attempt, predicted_percent=percent, seed="42")
    run = Run.objects.get()
    assert (run.prediction, run.plan["seed"], run.learner) == (fraction, 42, attempt.learner)


def test_without_a_seed_it_is_the_learners_own(attempt: Attempt) -> None:
    finish(attempt, seed="")
    assert Run.objects.get().plan["seed"] == attempt.learner.seed


def test_twice_is_harmless(attempt: Attempt) -> None:
    first = answers(attempt)[0]
    finish(attempt, **{"choice-1": keyed(first), "seed": "1"})
    again = {"choice-1": mistaken(first), "seed": "2", "predicted_percent": "150"}
    assert finish(attempt, **again) == result(attempt)
    attempt.refresh_from_db()
    assert (attempt.score, Run.objects.get().plan["seed"]) == (1, 1)


@pytest.mark.parametrize(
    "mistake",
    [
        {"predicted_percent": "150"},
        {"predicted_percent": "-1"},
        {"predicted_percent": "nan"},
        {"predicted_percent": "1e309"},
        {"predicted_percent": "many"},
        {"seed": "-1"},
        {"seed": "2147483648"},
        {"seed": "1.5"},
        {"seed": "\x00"},
    ],
)
def test_a_wrong_figure_is_told_and_the_answers_are_kept(
    attempt: Attempt, mistake: dict[str, str]
) -> None:
    client, chosen = client_of(attempt.learner), keyed(answers(attempt)[1])
    response = client.post(f"/attempts/{attempt.pk}/finish/", mistake | {"choice-2": chosen})
    assert response.status_code in {200, 422}
    page = response.content.decode()
    (problem,) = response.context["form"].errors.values()
    assert problem[0] in page
    attempt.refresh_from_db()
    assert attempt.is_open
    assert answers(attempt)[1].response == chosen
    assert f"/attempts/{attempt.pk}/finish/" in page
    assert not Run.objects.exists()


@pytest.mark.parametrize("prediction", ["", "150"])
def test_an_option_that_is_none_finishes_nothing(attempt: Attempt, prediction: str) -> None:
    second = answers(attempt)[1]
    posted = {"choice-1": "ffffff", "choice-2": keyed(second), "predicted_percent": prediction}
    response = client_of(attempt.learner).post(f"/attempts/{attempt.pk}/finish/", posted)
    assert response.status_code == 422
    attempt.refresh_from_db()
    assert attempt.is_open
    assert answers(attempt)[1].response == keyed(second), "what can be kept is"


def test_it_takes_a_post(attempt: Attempt) -> None:
    client = client_of(attempt.learner)
    assert client.get(f"/attempts/{attempt.pk}/finish/").status_code == 405


def test_an_outsider_finds_nothing(attempt: Attempt) -> None:
    for outsider in (Client(), client_of(make_learner()), client_of(make_user())):
        assert outsider.post(f"/attempts/{attempt.pk}/finish/").status_code == 404
        assert outsider.get(result(attempt)).status_code == 404
    attempt.refresh_from_db()
    assert attempt.is_open


def test_an_inline_quiz_is_not_finished_by_a_form(topic: Topic) -> None:
    attempt = services.start(quiz(topic, "inline"), make_learner())
    response = client_of(attempt.learner).post(f"/attempts/{attempt.pk}/finish/")
    assert response.status_code == 404
    assert not Run.objects.exists()
