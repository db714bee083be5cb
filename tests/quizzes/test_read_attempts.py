"""A teacher reads attempts and who answered what, and changes neither."""

import re

import pytest
from django.test import Client

from quizzes import services
from quizzes.models import Answer, Attempt, Question, ScoreChange
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_numeric,
    make_teacher,
    make_topic,
    make_user,
    quiz,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


@pytest.fixture
def attempt() -> Attempt:
    attempt = services.start(
        quiz(make_topic("gradients", practice=2)), make_learner(make_user("ada"))
    )
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    return attempt


def test_the_lists_tell_who_did_what(teacher: Client, attempt: Attempt) -> None:
    page = teacher.get("/admin/quizzes/attempt/").content.decode()
    assert "ada" in page
    assert "Gradients: practice" in page
    page = teacher.get("/admin/quizzes/answer/?q=ada").content.decode()
    assert "<code>weights += 0</code>" in page
    assert '<td class="field-earned">1</td>' in page
    assert '<td class="field-earned">–</td>' in page, "the other one is not answered yet"
    assert teacher.get("/admin/quizzes/answer/?q=nobody").content.decode().count("ada") == 0


def test_points_are_told_in_hundredths(teacher: Client, attempt: Attempt) -> None:
    Attempt.objects.update(score=2 + 5 / 6)
    Answer.objects.filter(position=1).update(credit=1 / 3)
    answer = answers(attempt)[0]
    ScoreChange.objects.create(
        attempt=attempt,
        version=answer.version,
        score_before=2 + 2 / 3,
        score_after=2 + 5 / 6,
        reason="The key was wrong.",
    )
    for address, told in {
        "attempt/": ["2.83"],
        f"attempt/{attempt.pk}/change/": ["2.83", "0.33", "2.67"],
        "answer/": ["0.33"],
        f"answer/{answer.pk}/change/": ["0.33"],
    }.items():
        page = teacher.get(f"/admin/quizzes/{address}").content.decode()
        for figure in told:
            assert figure in page
        assert not re.search(r"2\.833|2\.666|0\.333", page), address


def test_an_attempt_shows_its_answers(teacher: Client, attempt: Attempt) -> None:
    page = teacher.get(f"/admin/quizzes/attempt/{attempt.pk}/change/").content.decode()
    assert str(answers(attempt)[0].version) in page
    assert 'name="_save"' not in page


def test_an_answer_is_told_in_words(teacher: Client, attempt: Attempt) -> None:
    answer = answers(attempt)[0]
    page = teacher.get(f"/admin/quizzes/answer/{answer.pk}/change/").content.decode()
    assert answer.version.facts.stem in page
    assert "<code>weights += 0</code>" in page
    assert answer.response[0] not in page, "the id of an option tells nobody anything"


@pytest.mark.parametrize("model", ["attempt", "answer"])
def test_nothing_of_it_can_be_changed(teacher: Client, attempt: Attempt, model: str) -> None:
    row = attempt if model == "attempt" else answers(attempt)[0]
    base = f"/admin/quizzes/{model}/"
    assert teacher.get(f"{base}add/").status_code == 403
    assert teacher.post(f"{base}{row.pk}/change/", {"state": "finished"}).status_code == 403
    assert teacher.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
    teacher.post(base, action)
    assert Attempt.objects.get().is_open
    assert Answer.objects.count() == 2


def test_questions_cannot_be_deleted(teacher: Client, attempt: Attempt) -> None:
    question = Question.objects.get(position=1)
    base = "/admin/quizzes/question/"
    assert teacher.post(f"{base}{question.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": str(question.pk), "post": "yes"}
    teacher.post(base, action)
    assert Question.objects.count() == 2


def test_a_typed_answer_is_listed_as_text(teacher: Client) -> None:
    topic = make_topic(practice=5)
    make_numeric(topic, position=6)
    attempt = services.start(quiz(topic), make_learner())
    attempt.answers.filter(position=6).update(response=["<script>7"])
    page = teacher.get("/admin/quizzes/answer/").content.decode()
    assert "&lt;script&gt;7" in page
