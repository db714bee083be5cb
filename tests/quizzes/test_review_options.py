"""What a review shows in each phase, and how interactive practice and mastery look."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lessons.models import Topic
from quizzes import queries, services
from quizzes.behaviours import REVIEWABLE
from quizzes.models import Attempt, Question, Quiz
from quizzes.publishing import publish
from tests.factories import (
    HTMX,
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_topic,
    mistaken,
    quiz,
    right_choice,
    wrong_choice,
)

pytestmark = pytest.mark.django_db
STEPS, MISTAKE, RIGHT_ANSWER = "First this, then that.", "confuses it with", "Right answer"
PAGE = "/learn/gradients/practice/1/"


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2)


def settle(topic: Topic, kind: str, **settings: Any) -> Quiz:
    found = quiz(topic, kind)
    Quiz.objects.filter(pk=found.pk).update(**settings)
    return quiz(topic, kind)


def finished(topic: Topic) -> Attempt:
    """A test with one right and one wrong answer."""
    attempt = services.start(quiz(topic, "test"), make_learner())
    first, second = answers(attempt)
    services.finish(attempt, {1: keyed(first), 2: mistaken(second)})
    return Attempt.objects.get(id=attempt.id)


def result(attempt: Attempt) -> str:
    page = client_of(attempt.learner).get(f"{attempt.get_absolute_url()}result/")
    return " ".join(page.content.decode().split())


@pytest.mark.parametrize("shown", list(product([False, True], repeat=3)))
def test_right_after_the_end_a_result_shows_what_the_quiz_allows(
    topic: Topic, shown: tuple[bool, bool, bool]
) -> None:
    marks, answer, explanation = shown
    told = [name for name, on in zip(REVIEWABLE, shown, strict=True) if on]
    settle(topic, "test", review_after=told)
    page = result(finished(topic))
    assert ("1 of 2" in page) == marks
    assert ("Not right" in page) == marks
    assert (RIGHT_ANSWER in page) == answer
    assert (STEPS in page) == explanation
    assert (MISTAKE in page) == (explanation and (marks or answer))


def test_an_hour_later_the_later_phase_holds(topic: Topic) -> None:
    settle(topic, "test", review_after=list(REVIEWABLE), review_later=["marks"])
    attempt = finished(topic)
    assert STEPS in result(attempt)
    Attempt.objects.update(finished_at=timezone.now() - timedelta(minutes=61))
    page = result(attempt)
    assert STEPS not in page
    assert "1 of 2" in page


def test_a_score_that_is_not_shown_stands_nowhere(topic: Topic) -> None:
    settle(topic, "test", review_after=[])
    attempt = finished(topic)
    client = client_of(attempt.learner)
    for address in ("/me/", f"{attempt.get_absolute_url()}result/", "/learn/gradients/test/"):
        page = " ".join(client.get(address).content.decode().split())
        assert "1 of 2" not in page, address
        assert "50 %" not in page, address


def test_during_practice_only_what_is_allowed_is_told(topic: Topic) -> None:
    settle(topic, "practice", review_during=["marks"])
    client = Client()
    question = Question.objects.get(position=1)
    page = client.post(PAGE, {"choice": wrong_choice(question)}, follow=True).content.decode()
    assert "Not right" in page
    assert STEPS not in page
    assert RIGHT_ANSWER not in page
    assert MISTAKE not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_interactive_question_is_asked_again_with_its_hint(
    topic: Topic, headers: dict[str, str]
) -> None:
    settle(topic, "practice", behaviour="interactive", tries=2)
    client = Client()
    question = Question.objects.get(position=1)
    wrong = {"choice": wrong_choice(question)}
    page = client.post(PAGE, wrong, headers=headers, follow=True).content.decode()
    assert "Not right yet" in page
    assert "One try is left" in " ".join(page.split())
    assert '<details class="fold hint" open>' in page
    assert STEPS not in page
    page = client.post(PAGE, {"choice": right_choice(question)}, follow=True).content.decode()
    assert STEPS in page
    assert "Not right yet" not in page


def test_an_interactive_inline_question_too(topic: Topic) -> None:
    inline = make_topic("weights", inline=1)
    make_lesson(inline)
    settle(inline, "inline", behaviour="interactive", tries=2)
    question = Question.objects.get(topic=inline)
    posted = {"question": "1", "choice": wrong_choice(question)}
    address = "/learn/weights/experiment/check/"
    page = Client().post(address, posted, follow=True).content.decode()
    assert "Not right yet" in page
    assert STEPS not in page


def test_mastery_begins_with_a_button_and_says_how_far_it_is(topic: Topic) -> None:
    settle(topic, "practice", behaviour="mastery", mastery_right=2, mastery_of=3)
    client = Client()
    first = client.get(PAGE)
    assert "until 2 of your last 3 answers are right" in " ".join(first.content.decode().split())
    assert "What does" not in first.content.decode(), "no question before it has begun"
    assert not Attempt.objects.exists()
    client.post(PAGE)
    attempt = Attempt.objects.get()
    client.post(PAGE, {"choice": keyed(answers(attempt)[0])})
    page = client.get("/learn/gradients/practice/2/").content.decode()
    assert "1 of your last 1 answers are right; 2 of the last 3 end it." in page
    assert queries.attempt_page(attempt).total == 2


def test_shuffled_practice_is_drawn_before_it_is_shown(topic: Topic) -> None:
    settle(topic, "practice", shuffle_questions=True)
    client = Client()
    assert "Begin" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"choice": "any"}).status_code == 302
    attempt = Attempt.objects.get()
    assert not any(answer.is_locked for answer in answers(attempt))


def test_a_number_that_cannot_be_read_stays_in_its_field(topic: Topic) -> None:
    question = Question.objects.get(position=1)
    question.choices.all().delete()
    Question.objects.filter(pk=question.pk).update(kind="numeric", value=2.5)
    publish(Question.objects.get(pk=question.pk))
    page = Client().post(PAGE, {"choice": "two and a half"}).content.decode()
    assert "Write a number" in page
    assert 'value="two and a half"' in page
