"""A missed question becomes a card, in whatever quiz it was missed, where the quiz may tell."""

from datetime import timedelta

import pytest

from accounts.models import Learner
from lessons.models import Topic
from quizzes import lifecycle, saving, services
from quizzes.models import Answer, Attempt, Card, Choice, Question, Quiz, Recall
from quizzes.publishing import publish
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_multiple,
    make_question,
    make_teacher,
    make_topic,
    mistaken,
    quiz,
    regrade,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2, inline=1)


@pytest.fixture
def learner() -> Learner:
    return make_learner()


def check(attempt: Attempt, position: int, *, right: bool) -> Answer:
    answer = answers(attempt)[position - 1]
    services.check(attempt, position, keyed(answer) if right else mistaken(answer))
    return answers(attempt)[position - 1]


def test_practice_makes_one_as_soon_as_it_is_checked(topic: Topic, learner: Learner) -> None:
    attempt = services.start(quiz(topic), learner)
    check(attempt, 1, right=True)
    assert not Card.objects.exists()
    missed = check(attempt, 2, right=False)
    card = Card.objects.get()
    assert (card.learner, card.question) == (learner, missed.version.question)
    assert missed.answered_at is not None
    assert card.due_at == missed.answered_at + timedelta(days=1)
    services.finish(attempt, {})
    assert Recall.objects.count() == 1, "the end takes nothing twice"


def test_an_inline_question_makes_one(topic: Topic, learner: Learner) -> None:
    check(services.start(quiz(topic, "inline"), learner), 1, right=False)
    assert Card.objects.count() == 1


def test_a_test_makes_them_when_it_is_finished(topic: Topic, learner: Learner) -> None:
    attempt = services.start(quiz(topic, "test"), learner)
    first, second, _ = answers(attempt)
    saving.save(attempt, {1: mistaken(first)}, seq=1)
    assert not Card.objects.exists(), "nothing tells before the end"
    services.finish(attempt, {2: keyed(second)})
    services.finish(attempt, {2: mistaken(second)})
    assert Card.objects.get().question == first.version.question, "unanswered is not missed"


def test_what_is_partly_right_comes_back(learner: Learner) -> None:
    topic = make_topic()
    make_multiple(topic, credit="proportional")
    attempt = services.start(quiz(topic), learner)
    services.check(attempt, 1, keyed(answers(attempt)[0])[:1])
    assert answers(attempt)[0].credit == 0.75
    assert Recall.objects.get().rating == Recall.Rating.AGAIN


def test_a_right_answer_is_a_recall_where_there_is_a_card(topic: Topic, learner: Learner) -> None:
    practice = services.start(quiz(topic), learner)
    missed = check(practice, 1, right=False)
    services.finish(practice, {})
    before = Card.objects.get()
    again = services.start(quiz(topic), learner)
    check(again, 1, right=True)
    check(again, 2, right=True)
    card = Card.objects.get()
    assert card.question == missed.version.question
    assert [recall.is_right for recall in card.recalls.all()] == [False, True]
    assert card.due_at > before.due_at
    assert card.seq > before.seq, "a page that shows the card before this is outdated"


@pytest.mark.parametrize("part", ["marks", "answer", "explanation"])
@pytest.mark.parametrize("phase", ["review_after", "review_later"])
def test_a_quiz_that_hides_something_makes_none_and_moves_none(
    topic: Topic, learner: Learner, part: str, phase: str
) -> None:
    shown = [name for name in ("marks", "answer", "explanation") if name != part]
    Quiz.objects.filter(kind="test").update(**{phase: shown})
    practice = services.start(quiz(topic), learner)
    check(practice, 1, right=False)
    before = Card.objects.values().get()
    test = services.start(quiz(topic, "test"), learner)
    given = {answer.position: mistaken(answer) for answer in answers(test)}
    services.finish(test, given)
    assert Card.objects.values().get() == before


def test_practice_that_hides_marks_while_it_is_open_makes_none(
    topic: Topic, learner: Learner
) -> None:
    Quiz.objects.filter(kind="practice").update(review_during=["explanation"])
    check(services.start(quiz(topic), learner), 1, right=False)
    assert not Card.objects.exists()


def test_a_void_attempt_takes_its_cards_along(topic: Topic, learner: Learner) -> None:
    missed = check(services.start(quiz(topic), learner), 1, right=False)
    second = services.start(quiz(topic, "test"), learner)
    given = {answer.position: mistaken(answer) for answer in answers(second)}
    services.finish(second, given)
    assert Card.objects.count() == 3
    assert lifecycle.void(second, "The key was handed round.", make_teacher())
    card = Card.objects.get()
    assert card.question == missed.version.question
    assert card.recalls.count() == 1


def correct_the_key(question: Question, right: int) -> None:
    question.choices.update(correct=False, mistake="Not this one.")
    choice = question.choices.all()[right]
    Choice.objects.filter(pk=choice.pk).update(correct=True, mistake="")
    publish(question)


def test_a_corrected_key_takes_back_what_was_right_and_brings_what_was_wrong(
    learner: Learner,
) -> None:
    topic, other = make_topic(), make_learner()
    question = make_question(topic, right=0)
    chosen = {learner: 1, other: 0}
    for person, option in chosen.items():
        attempt = services.start(quiz(topic), person)
        services.finish(attempt, {1: [question.choices.all()[option].ident]})
    assert Card.objects.get().learner == learner
    correct_the_key(question, right=1)
    question.refresh_from_db()
    assert regrade(question, 2, "The key was wrong.", make_teacher()) == 2
    card = Card.objects.get()
    assert card.learner == other
    finished_at = Attempt.objects.get(learner=other).answers.get().answered_at
    assert finished_at is not None
    assert card.due_at == finished_at + timedelta(days=1)


def test_the_result_says_what_comes_back(topic: Topic, learner: Learner) -> None:
    attempt = services.start(quiz(topic, "test"), learner)
    given = {answer.position: mistaken(answer) for answer in answers(attempt)[:2]}
    services.finish(attempt, given)
    result = f"/attempts/{attempt.pk}/result/"
    page = " ".join(client_of(learner).get(result).content.decode().split())
    assert "2 questions that you did not get fully right come back for" in page
    assert "the first tomorrow" in page
    Quiz.objects.filter(kind="test").update(review_after=["explanation"])
    assert "come back for" not in client_of(learner).get(result).content.decode()


def test_nothing_comes_back_of_what_was_right(topic: Topic, learner: Learner) -> None:
    attempt = services.start(quiz(topic), learner)
    services.finish(attempt, {answer.position: keyed(answer) for answer in answers(attempt)})
    assert not Card.objects.exists()
    page = client_of(learner).get(f"/attempts/{attempt.pk}/result/").content.decode()
    assert "back for" not in page
