"""A learner's own page."""

import pytest
from django.test import Client

from quizzes import services
from tests.factories import (
    client_of,
    make_learner,
    make_run,
    make_topic,
    make_user,
    quiz,
)

pytestmark = pytest.mark.django_db


def test_someone_new_finds_where_to_begin() -> None:
    page = Client().get("/me/").content.decode()
    assert "not practised" in page
    assert "No model has trained" in page


def test_a_learner_finds_attempts_and_runs() -> None:
    learner = make_learner(make_user())
    topic = make_topic("gradients", practice=2, inline=1)
    done, going = services.start(quiz(topic), learner), services.start(quiz(topic, "test"), learner)
    inline = services.start(quiz(topic, "inline"), learner)
    services.finish(done, {})
    run = make_run(topic, learner)
    page = client_of(learner).get("/me/").content.decode()
    assert f"/attempts/{done.pk}/result/" in page
    assert f'"{going.get_absolute_url()}"' in page
    assert f"/runs/{run.pk}/" in page
    assert str(inline.pk) not in page


def test_nobody_finds_anothers() -> None:
    topic = make_topic(practice=1)
    attempt = services.start(quiz(topic), make_learner())
    run = make_run(topic, attempt.learner)
    for other in (Client(), client_of(make_learner()), client_of(make_user())):
        page = other.get("/me/").content.decode()
        assert str(attempt.pk) not in page
        assert str(run.pk) not in page


def test_a_guest_is_told_how_to_keep_the_work() -> None:
    page = client_of(make_learner()).get("/me/").content.decode()
    assert "as a guest" in page
    assert "/accounts/signup/" in page


def test_a_name_is_shown_as_text() -> None:
    user = make_user("ada")
    user.username = user.first_name = "<script>alert(1)</script>"
    user.save()
    assert "<script>alert" not in client_of(user).get("/me/").content.decode()


def test_it_is_read_and_not_posted_to() -> None:
    assert Client().post("/me/").status_code == 405
