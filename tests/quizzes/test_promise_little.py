"""What pages say of a quiz before it is begun is true of how it is set."""

import re
from itertools import combinations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from lessons.models import Topic
from quizzes import services
from quizzes.behaviours import REVIEWABLE
from quizzes.models import Question, Quiz
from quizzes.models_quizzes import BEHAVIOURS
from quizzes.promises import practice_words, words_of_result, words_of_test
from tests.factories import client_of, keyed, make_learner, make_lesson, make_topic, quiz

PARTS = st.sampled_from([list(c) for n in range(4) for c in combinations(REVIEWABLE, n)])


@given(st.sampled_from(BEHAVIOURS[Quiz.Kind.PRACTICE]), st.integers(2, 9), PARTS)
def test_practice_promises_what_it_shows_while_it_is_open(
    behaviour: Quiz.Behaviour, tries: int, during: list[str]
) -> None:
    said = practice_words(Quiz(behaviour=behaviour, tries=tries, review_during=during))
    several = behaviour == Quiz.Behaviour.INTERACTIVE
    assert ("explained" in said) == ("explanation" in during)
    assert ("at once" in said) == (not several and bool({"marks", "explanation"} & set(during)))
    assert (f"up to {tries} times" in said) == several
    if not several:
        assert ("checked" in said) == ("marks" in during)
        assert ("nothing is shown" in said) == (not during)


@given(st.booleans(), st.integers(0, 10), PARTS)
def test_a_test_promises_what_it_asks_and_shows(
    shuffled: bool, length: int, after: list[str]
) -> None:
    test = Quiz(kind="test", behaviour="deferred", shuffle_questions=shuffled, review_after=after)
    said = words_of_test(test, length)
    if not length:
        assert "nothing to be tested on" in said
        return
    assert said.startswith(f"{length} question{'s' if length > 1 else ''} on one page")
    assert ("in an order shuffled for you" in said) == shuffled
    shown = words_of_result(test)
    assert ("score" in shown, "explained" in shown) == ("marks" in after, "explanation" in after)


@pytest.fixture
def topic(db: None) -> Topic:
    topic = make_topic("gradients", practice=1, bank=3)
    make_lesson(topic)
    return topic


def text(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_topic_tells_its_practice_and_its_test_as_they_are_set(topic: Topic) -> None:
    length = Question.objects.filter(topic=topic, state="published").count()
    page = text("/learn/gradients/")
    assert "Each answer is checked and explained at once." in page
    assert f"{length} questions on one page, in an order shuffled for you." in page
    Quiz.objects.filter(kind="practice").update(behaviour="interactive", review_during=["marks"])
    Quiz.objects.filter(kind="test").update(shuffle_questions=False)
    page = text("/learn/gradients/")
    assert "Each question may be tried up to 3 times." in page
    assert f"{length} questions on one page. Nothing is checked" in page
    for untrue in ("explained", "at once", "ten questions", "one by one", "shuffled"):
        assert untrue not in page


def test_a_lesson_promises_nothing_that_a_setting_could_change(topic: Topic) -> None:
    Quiz.objects.filter(kind="practice").update(behaviour="interactive", review_during=[])
    page = text("/learn/gradients/experiment/")
    for untrue in ("explains", "ten questions", "at once"):
        assert untrue not in page


def test_what_is_said_before_a_test_and_before_practice(topic: Topic) -> None:
    page = text("/learn/gradients/test/")
    assert "Then you see your score by difficulty and every answer explained." in page
    assert "Explanations come after the end." in page
    Quiz.objects.filter(kind="test").update(review_after=[])
    page = text("/learn/gradients/test/")
    assert "explained" not in page
    assert "Explanations" not in page
    Quiz.objects.filter(pk=quiz(topic).pk).update(shuffle_questions=True, review_during=["marks"])
    page = text("/learn/gradients/practice/1/")
    assert "The questions are shuffled for you. Each answer is checked at once." in page


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1 minute</strong> from the start, even while you are away. When it is over,"),
        (2, "2 minutes</strong> from the start, even while you are away. When they are over,"),
    ],
)
def test_a_time_limit_is_told_by_its_number(topic: Topic, minutes: int, said: str) -> None:
    Quiz.objects.filter(kind="test").update(time_limit=minutes)
    assert f"You have <strong>{said}" in text("/learn/gradients/test/")


def entries(page: str) -> list[tuple[str, bool]]:
    """Of each way into the topic: what its badge says, and whether its button is the main one."""
    parts = re.findall(r'<li class="entry">(.*?)</li>', page)
    badges = [re.search(r'class="pill[^"]*">([^<]*)<', part) for part in parts]
    return [(b[1] if b else "", "primary" in part) for b, part in zip(badges, parts, strict=True)]


def test_what_is_recommended_is_the_main_button(topic: Topic) -> None:
    page = text("/learn/gradients/")
    assert entries(page) == [("", True), ("", False), ("", False)]
    assert "recommended after some practice" in page
    attempt = services.start(quiz(topic), make_learner())
    services.check(attempt, 1, keyed(attempt.answers.get()))
    page = " ".join(client_of(attempt.learner).get("/learn/gradients/").content.decode().split())
    assert entries(page) == [("", False), ("", False), ("recommended", True)]
