"""Teachers read a quiz's figures, and take them away as files."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import sync_teacher_role
from lessons.models import Topic
from quizzes import services
from quizzes.models import Question
from quizzes.templatetags.statistics_tags import figure
from tests.factories import (
    answers,
    client_of,
    make_learner,
    make_numeric,
    make_teacher,
    make_topic,
    make_user,
    quiz,
)
from tests.quizzes.cohort import answered

pytestmark = pytest.mark.django_db
MARKS = [[1, 1], [1, 0], [0, 0], [1, 1]]


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2)


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


def page(topic: Topic, rest: str = "", kind: str = "practice") -> str:
    return f"/admin/quizzes/quiz/{quiz(topic, kind).pk}/statistics/{rest}"


def question_of(topic: Topic) -> Question:
    return Question.objects.filter(topic=topic).order_by("position")[0]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows(client: Client, address: str) -> list[dict[str, str]]:
    response: Any = client.get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="gradients-practice-')
    sent = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"))))


def test_the_list_of_quizzes_leads_to_the_figures(teacher: Client, topic: Topic) -> None:
    assert page(topic) in text(teacher, "/admin/quizzes/quiz/")
    assert page(topic) in text(teacher, f"/admin/quizzes/quiz/{quiz(topic).pk}/change/")


def test_an_empty_quiz_says_so(teacher: Client, topic: Topic) -> None:
    assert "Nobody has finished this quiz yet." in text(teacher, page(topic))
    address = page(topic, f"{question_of(topic).pk}/")
    assert "Nobody has been asked this question" in text(teacher, address)


def test_the_figures_of_a_quiz(teacher: Client, topic: Topic) -> None:
    answered(topic, MARKS)
    told = text(teacher, page(topic))
    assert "Only 4 attempts: chance still moves these figures." in told
    assert "75 %" in told  # three of four were right in the first question
    assert "<td> – <small> too few answers </small> </td>" in told  # and no level
    assert "Cronbach’s alpha" in told
    assert f"{page(topic)}{question_of(topic).pk}/" in told


def test_every_attempt_can_be_counted(teacher: Client, topic: Topic) -> None:
    first, *_ = answered(topic, MARKS)
    services.finish(services.start(quiz(topic), first.learner), {})
    assert "Only 4 attempts" in text(teacher, page(topic))
    told = text(teacher, page(topic, "?attempts=all"))
    assert "Only 5 attempts" in told
    assert f"{page(topic)}{question_of(topic).pk}/?attempts=all" in told
    assert len(rows(teacher, page(topic, "questions.csv?attempts=all"))) == 2


def test_the_figures_of_a_question(teacher: Client, topic: Topic) -> None:
    answered(topic, MARKS)
    told = text(teacher, page(topic, f"{question_of(topic).pk}/"))
    assert "What was chosen" in told
    assert "weights += 0" in told
    assert "Their mean score elsewhere" in told


def test_a_question_shows_its_measured_difficulty(teacher: Client, topic: Topic) -> None:
    alike = [[1, 1], [1, 1], [1, 1], [0, 0]]  # whichever question comes first
    change = f"/admin/quizzes/question/{question_of(topic).pk}/change/"
    assert "Nobody has answered it in a finished test yet." in text(teacher, change)
    answered(topic, alike, "test")
    told = text(teacher, change)
    assert "Too few answers: mean credit 75 % in 4 first tests." in told
    answered(topic, alike * 8, "test")
    assert "easy (as authored): mean credit 75 % in 36 first tests." in text(teacher, change)
    assert "–" in text(teacher, "/admin/quizzes/question/add/")


def test_the_figures_as_a_table_to_take_away(teacher: Client, topic: Topic) -> None:
    answered(topic, MARKS)
    first, second = rows(teacher, page(topic, "questions.csv"))
    assert first["question"] == question_of(topic).slug
    assert (first["answers"], float(first["facility"])) == ("4", 0.75)
    assert (second["authored"], second["measured"], second["fit"]) == (
        *("medium", "", "too few answers"),
    )
    assert float(first["facility_low"]) < 0.75 < float(first["facility_high"])


def test_who_answered_what_as_a_table_to_take_away(teacher: Client, topic: Topic) -> None:
    ada = make_learner(make_user("ada"))
    attempt = services.start(quiz(topic), ada)
    services.finish(attempt, {1: [answers(attempt)[0].version.facts.choices[0].id]})
    services.start(quiz(topic), make_learner())  # still open: not told
    told = rows(teacher, page(topic, "answers.csv"))
    assert [row["position"] for row in told] == ["1", "2"]
    assert {(row["learner"], row["attempt"]) for row in told} == {("ada", str(attempt.pk))}
    assert (told[0]["response"], told[0]["right"], told[0]["credit"]) == (
        "weights += 0",
        "True",
        "1.0",
    )
    assert told[1]["response"] == ""


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-2", "@SUM(A1)"])
def test_no_cell_is_a_formula(teacher: Client, formula: str) -> None:
    topic = make_topic("gradients")
    make_numeric(topic)
    learner = make_learner(make_user("ada"))
    # As an account from before names were checked.
    User.objects.filter(learner=learner).update(username=f"{formula}x")
    learner.refresh_from_db()
    services.finish(services.start(quiz(topic), learner), {1: [formula]})
    (told,) = rows(teacher, page(topic, "answers.csv"))
    assert (told["learner"], told["response"]) == (f"'{formula}x", f"'{formula}")


def test_answers_are_listed_for_one_quiz_and_one_question(teacher: Client, topic: Topic) -> None:
    answered(topic, MARKS[:1])
    other = make_topic(practice=1)
    answered(other, [[1]])
    quiz_id, question_id = quiz(topic).pk, question_of(topic).pk
    address = f"/admin/quizzes/answer/?attempt__quiz__id__exact={quiz_id}"
    assert "2 answers" in text(teacher, address)
    assert "1 answer" in text(teacher, f"{address}&version__question__id__exact={question_id}")


PAGES = ("", "questions.csv", "answers.csv")


@pytest.mark.parametrize("rest", PAGES)
def test_figures_are_for_those_who_may_read_answers(topic: Topic, rest: str) -> None:
    student, guest = client_of(make_user("ada")), Client()
    staff = client_of(make_user("bob", is_staff=True))
    for address in (page(topic, rest), page(topic, f"{question_of(topic).pk}/")):
        assert staff.get(address).status_code == 403
        assert student.get(address, follow=True).status_code == 403
        assert guest.get(address, follow=True).request["PATH_INFO"] == "/accounts/login/"


@pytest.mark.parametrize("rest", PAGES)
def test_figures_are_only_read(teacher: Client, topic: Topic, rest: str) -> None:
    assert teacher.post(page(topic, rest)).status_code == 405


def test_what_is_not_there_is_404(teacher: Client, topic: Topic) -> None:
    other = question_of(make_topic(practice=1))
    assert teacher.get(page(topic, f"{other.pk}/")).status_code == 404
    assert teacher.get("/admin/quizzes/quiz/999999/statistics/").status_code == 404


def test_the_role_lets_teachers_read_answers() -> None:
    role = sync_teacher_role()
    assert role.permissions.filter(codename="view_answer").exists()


@pytest.mark.parametrize(
    ("value", "written"), [(0.352, "0.35"), (-0.2, "−0.20"), (-0.004, "0.00"), (None, "–")]
)
def test_a_figure_as_it_is_written(value: float | None, written: str) -> None:
    assert figure(value) == written
