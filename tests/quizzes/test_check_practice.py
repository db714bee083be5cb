"""Practice questions are checked one by one, on pages that work with htmx and without."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Learner
from lessons.models import Topic
from quizzes.models import Answer, Attempt, Question
from tests.factories import (
    HTMX,
    client_of,
    make_learner,
    make_topic,
    make_user,
    right_choice,
    wrong_choice,
)
from tests.quizzes.reading import radios

pytestmark = pytest.mark.django_db
PAGE = "/learn/gradients/practice/1/"


@pytest.fixture(autouse=True)
def topic() -> Topic:
    return make_topic("gradients", practice=3)


def question(number: int = 1) -> Question:
    return Question.objects.get(position=number)


@pytest.mark.parametrize(
    ("choose", "verdict", "correct"),
    [(right_choice, "Right", True), (wrong_choice, "Not right", False)],
)
def test_a_checked_answer_is_explained(
    choose: Callable[[Question], str], verdict: str, correct: bool
) -> None:
    client = Client()
    response = client.post(PAGE, {"choice": choose(question())})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    page = client.get(PAGE).content.decode()
    assert verdict in page
    assert "First this, then that." in page
    assert "Try it with zero." in page
    assert ("Whoever takes" in page) is not correct
    assert Answer.objects.get(position=1).correct is correct


def test_before_the_answer_there_is_a_hint_and_nothing_more() -> None:
    page = Client().get(PAGE).content.decode()
    assert "Think of the gradient." in page
    for secret in ("First this", "It asks this", "Try it with zero", "Whoever takes"):
        assert secret not in page


def test_with_htmx_the_answer_is_a_fragment() -> None:
    response = Client().post(PAGE, {"choice": right_choice(question())}, headers=HTMX)
    fragment = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in fragment
    assert "First this, then that." in fragment


def test_the_first_answer_stands() -> None:
    client = Client()
    client.post(PAGE, {"choice": wrong_choice(question())})
    client.post(PAGE, {"choice": right_choice(question())})
    assert Answer.objects.get(position=1).correct is False


def test_the_marks_survive_a_reload() -> None:
    client = Client()
    client.post(PAGE, {"choice": right_choice(question())})
    client.post("/learn/gradients/practice/2/", {"choice": wrong_choice(question(2))})
    page = client.get("/learn/gradients/practice/3/").context["page"]
    assert [shown.status for shown in page.questions] == ["right", "wrong", "open"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_chose_nothing_is_told_to_choose_first(headers: dict[str, str]) -> None:
    response = Client().post(PAGE, headers=headers)
    assert response.status_code == 422
    assert response["X-Drawn-Here"], "htmx swaps in a refusal only where it is drawn for the place"
    assert "Choose an option first" in response.content.decode()
    assert not Answer.objects.exclude(correct=None).exists()


@pytest.mark.parametrize("choice", ["ffffff", "A", "<script>", "", "'; DROP TABLE"])
def test_an_option_that_is_none_is_refused(choice: str) -> None:
    response = Client().post(PAGE, {"choice": choice})
    assert response.status_code == 422
    assert "reload the page, choose again" in response.content.decode()
    assert not Answer.objects.exclude(correct=None).exists()


@pytest.mark.parametrize("number", ["0", "4", "99999999999999999999"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_no_question_outside_the_set(number: str, method: str) -> None:
    address = f"/learn/gradients/practice/{number}/"
    assert getattr(Client(), method)(address, {"choice": "x"}).status_code == 404


def test_a_topic_without_questions_has_no_practice() -> None:
    make_topic("empty")
    assert Client().get("/learn/empty/practice/1/").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(method: str) -> None:
    assert getattr(Client(), method)(PAGE).status_code == 405


def test_looking_makes_nobody_a_learner() -> None:
    client = Client()
    assert client.get(PAGE).status_code == 200
    assert client.head(PAGE).status_code == 200
    assert not Learner.objects.exists()
    assert not Attempt.objects.exists()
    assert "sessionid" not in client.cookies


def test_everybody_has_answers_of_their_own() -> None:
    people = [Client(), client_of(make_learner()), client_of(make_user())]
    for person in people:
        person.post(PAGE, {"choice": right_choice(question())})
    assert Attempt.objects.values("learner").distinct().count() == 3
    assert "First this, then that." not in Client().get(PAGE).content.decode()


def test_the_last_page_offers_to_finish() -> None:
    client = Client()
    client.post(PAGE, {"choice": right_choice(question())})
    finish = f"/attempts/{Attempt.objects.get().pk}/finish/"
    assert finish not in client.get("/learn/gradients/practice/2/").content.decode()
    assert finish in client.get("/learn/gradients/practice/3/").content.decode()


def test_the_options_stand_alike_before_and_after() -> None:
    client = Client()
    page = client.get(PAGE)
    before = [choice.id for choice in page.context["question"].choices]
    assert [radio.value for radio in radios(page.content.decode())] == before
    client.post(PAGE, {"choice": right_choice(question())})
    after = [choice.id for choice in client.get(PAGE).context["question"].choices]
    assert before == after
