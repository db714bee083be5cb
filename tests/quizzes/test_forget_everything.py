"""Who takes their data along gets all of it, and who has it deleted leaves nothing."""

import pytest
from django.contrib.admin.models import LogEntry

from accounts.learners import SESSION_KEY
from accounts.models import Learner
from quizzes import lifecycle, saving, services
from quizzes.models import Quiz
from quizzes.personal_data import forget
from tests.authoring.pages import opened
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    correct_the_key,
    keyed,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    make_user,
    quiz,
    regrade,
)

pytestmark = pytest.mark.django_db


def test_the_download_tells_why_an_attempt_does_not_count() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner = make_learner()
    attempt = services.start(quiz(topic, "test"), learner)
    services.finish(attempt, {})
    lifecycle.void(attempt, "The room was noisy.", make_teacher())
    (kept,) = client_of(learner).get("/me/data/").json()["attempts"]
    assert kept["void_because"] == "The room was noisy."


def test_the_download_has_flags_and_what_grading_again_has_changed() -> None:
    topic = make_topic("gradients")
    question = make_question(topic)
    learner = make_learner()
    attempt = services.start(quiz(topic, "test"), learner)
    saving.save(attempt, {1: keyed(answers(attempt)[0])}, 1, {1: True})
    services.finish(attempt, {})
    correct_the_key(question)
    regrade(question, 2, "The key was wrong.", make_teacher())
    (kept,) = client_of(learner).get("/me/data/").json()["attempts"]
    assert kept["questions"][0]["flagged"] is True
    (change,) = kept["graded_again"]
    assert (change["score_before"], change["score_after"]) == (1, 0)
    assert change["because"] == "The key was wrong."
    Quiz.objects.update(review_after=[])
    (kept,) = client_of(learner).get("/me/data/").json()["attempts"]
    assert kept["graded_again"][0]["score_before"] is None


def test_deleting_an_account_with_a_guests_work_beside_it_leaves_nothing() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    user, guest = make_user(), make_learner()
    services.start(quiz(topic, "test"), guest)
    client = client_of(user)
    session = client.session
    session[SESSION_KEY] = str(guest.pk)
    session.save()
    assert "as a guest" in client.get("/me/delete/").content.decode()
    asked = client.post("/me/delete/")["Location"]
    said = client.post(asked, {"password": PASSWORD}, follow=True).content.decode()
    assert "Everything we kept about you has been deleted." in said
    assert not Learner.objects.exists(), "nobody can open or delete that work any more"


def test_the_log_of_the_admin_forgets_whose_attempt_was_void() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    teacher = client_of(make_teacher())
    for name in ("ada", "eve"):
        attempt = services.start(quiz(topic, "test"), make_learner(make_user(name)))
        page = f"/admin/quizzes/attempt/{attempt.pk}/void/"
        teacher.post(page, opened(teacher, page) | {"reason": ["It was shared."]})
    assert LogEntry.objects.count() == 2
    forget(Learner.objects.get(user__username="ada"))
    assert "eve" in LogEntry.objects.get().object_repr
