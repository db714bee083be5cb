"""The inline quiz of a lesson: checked in place, ended by its last answer, open to another go."""

import pytest
from django.test import Client

from quizzes.models import Answer, Attempt, Question
from tests.factories import (
    HTMX,
    client_of,
    make_lesson,
    make_teacher,
    make_topic,
    right_choice,
    wrong_choice,
)

pytestmark = pytest.mark.django_db
LESSON = "/learn/gradients/experiment/"
CHECK = f"{LESSON}check/"


@pytest.fixture(autouse=True)
def questions() -> list[Question]:
    topic = make_topic("gradients", inline=2)
    make_lesson(topic)
    return list(topic.questions.order_by("position"))


def answer(number: int, choice: str) -> dict[str, str]:
    return {"question": str(number), "choice": choice}


def test_an_answer_is_checked_and_leads_back_to_its_question(questions: list[Question]) -> None:
    client = Client()
    response = client.post(CHECK, answer(2, wrong_choice(questions[1])))
    assert (response.status_code, response["Location"]) == (302, f"{LESSON}#inline-2")
    page = client.get(LESSON).content.decode()
    assert "Not right" in page
    assert page.count("First this, then that.") == 1


def test_with_htmx_only_the_quiz_is_sent(questions: list[Question]) -> None:
    response = Client().post(CHECK, answer(1, right_choice(questions[0])), headers=HTMX)
    fragment = response.content.decode()
    assert "<html" not in fragment
    assert "First this, then that." in fragment


def test_the_last_answer_ends_it_and_shows_the_key_insight(questions: list[Question]) -> None:
    client = Client()
    for number, question in enumerate(questions, start=1):
        response = client.post(CHECK, answer(number, right_choice(question)), headers=HTMX)
    assert "Only the weights changed." in response.content.decode()
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.score, attempt.run) == ("finished", 2, None)


def test_it_can_be_begun_again(questions: list[Question]) -> None:
    client = Client()
    for number, question in enumerate(questions, start=1):
        client.post(CHECK, answer(number, wrong_choice(question)))
    client.post(CHECK, {"again": "1"})
    page = client.get(LESSON).content.decode()
    assert "First this, then that." not in page
    assert "Only the weights changed." not in page
    assert Attempt.objects.count() == 2


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_chose_nothing_is_told_to_choose_first(headers: dict[str, str]) -> None:
    response = Client().post(CHECK, {"question": "1"}, headers=headers)
    assert response.status_code == 422
    assert response["X-Drawn-Here"]
    assert "Choose an option first" in response.content.decode()
    assert not Answer.objects.exclude(correct=None).exists()


def test_an_option_that_is_none_is_refused() -> None:
    response = Client().post(CHECK, answer(1, "ffffff"))
    assert response.status_code == 422
    assert "reload the page, choose again" in response.content.decode()


@pytest.mark.parametrize("number", ["0", "3", "-1", "one", "²", "99999999999999", ""])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_question_that_is_not_asked_is_named(number: str, headers: dict[str, str]) -> None:
    response = Client().post(CHECK, {"question": number, "choice": "ffffff"}, headers=headers)
    assert response.status_code == 422
    assert f"There is no question {3 if number == '3' else 0} here" in response.content.decode()
    assert not Attempt.objects.exists()


def test_it_takes_a_post() -> None:
    assert Client().get(CHECK).status_code == 405


@pytest.mark.parametrize("address", ["/learn/gradients/code/check/", "/learn/none/code/check/"])
def test_a_lesson_that_is_not_there(address: str) -> None:
    assert Client().post(address, answer(1, "ffffff")).status_code == 404


def test_a_drafts_quiz_is_its_authors_alone(questions: list[Question]) -> None:
    questions[0].topic.lessons.update(state="draft")
    posted = answer(1, right_choice(questions[0]))
    assert Client().post(CHECK, posted).status_code == 404
    assert client_of(make_teacher()).post(CHECK, posted).status_code == 302
