"""The result page: score, every question reviewed, and the run."""

import pytest
from django.test import Client

from quizzes import services
from quizzes.models import Attempt
from tests.factories import (
    answers,
    client_of,
    finish_run,
    keyed,
    make_learner,
    make_question,
    make_topic,
    mistaken,
    quiz,
)
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    topic = make_topic("gradients")
    for position, difficulty in enumerate(("easy", "easy", "hard"), start=1):
        make_question(topic, position=position, difficulty=difficulty)
    return services.start(quiz(topic, "test"), make_learner())


def result(attempt: Attempt) -> str:
    response = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/")
    assert response.status_code == 200
    return response.content.decode()


def finished(attempt: Attempt, *, right: int) -> Attempt:
    chosen = [keyed(a) if a.position <= right else mistaken(a) for a in answers(attempt)]
    services.finish(attempt, dict(enumerate(chosen, start=1)), seed=77, prediction=0.9)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize("kind", ["practice", "test"])
def test_before_the_finish_there_is_no_result(kind: str) -> None:
    attempt = services.start(quiz(make_topic(practice=1), kind), make_learner())
    response = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/")
    assert (response.status_code, response["Location"]) == (302, f"/attempts/{attempt.pk}/")


def test_the_score_stands_with_every_question_reviewed(attempt: Attempt) -> None:
    page = result(finished(attempt, right=2))
    assert "2 of 3" in page
    assert page.count("First this, then that.") == 3
    assert page.count("Whoever takes") == 1


def test_a_test_is_scored_by_difficulty(attempt: Attempt) -> None:
    finished(attempt, right=3)
    response = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/")
    levels = {
        level.difficulty: (level.right, level.total) for level in response.context["quiz"].levels
    }
    assert levels == {"easy": (2, 2), "hard": (1, 1)}


def test_the_run_waits_with_its_place_in_the_queue(attempt: Attempt) -> None:
    page = result(finished(attempt, right=0))
    assert str(attempt.run_id) in page
    assert "queued" in page.lower() or "waiting" in page.lower()


def test_the_run_is_there_to_its_end(attempt: Attempt) -> None:
    finished(attempt, right=0)
    finish_run(Run.objects.get(), accuracy=0.941)
    page = result(attempt)
    for shown in ("94.1", "52.0", "90.0", "hidden_1", "77"):
        assert shown in page


def test_a_reload_shows_the_same(attempt: Attempt) -> None:
    finished(attempt, right=1)
    finish_run(Run.objects.get())
    assert result(attempt) == result(attempt)


def test_two_learners_never_see_each_others_run(attempt: Attempt) -> None:
    other = services.start(attempt.quiz, make_learner())
    finished(attempt, right=1)
    finished(other, right=1)
    assert str(other.run_id) not in result(attempt)
    for address in (f"/attempts/{other.pk}/result/", f"/runs/{other.run_id}/"):
        assert client_of(attempt.learner).get(address).status_code == 404
        assert Client().get(address).status_code == 404


def test_it_is_read_and_not_posted_to(attempt: Attempt) -> None:
    address = f"/attempts/{finished(attempt, right=0).pk}/result/"
    assert client_of(attempt.learner).post(address).status_code == 405


def test_without_a_run_the_page_offers_one(attempt: Attempt) -> None:
    finished(attempt, right=0)
    Attempt.objects.update(run=None)
    assert "/experiments/gradients-run/" in result(attempt)
