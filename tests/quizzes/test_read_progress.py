"""A learner's own page: every topic with what was done in it, and what to do next."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Learner
from lessons.models import Topic
from quizzes import cards, queries, reading, services
from quizzes.models import Attempt, Card, Quiz
from quizzes.progress import TopicProgress
from quizzes.progress_queries import progress_of
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_question,
    make_run,
    make_topic,
    make_user,
    missed,
    mistaken,
    quiz,
    right_choice,
)
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2, inline=1, bank=1)


@pytest.fixture
def learner() -> Learner:
    return make_learner()


def page(client: Client, address: str = "/me/") -> str:
    return " ".join(client.get(address).content.decode().split())


def about(topic: Topic, learner: Learner) -> TopicProgress:
    progress = progress_of(learner, list(queries.attempts_of(learner)))
    return next(item for item in progress.topics if item.topic == topic)


def finish(topic: Topic, learner: Learner, kind: str, right: int) -> Attempt:
    """An attempt of which the first questions are right, and the others wrong."""
    attempt = services.start(quiz(topic, kind), learner)
    given = {
        answer.position: keyed(answer) if answer.position <= right else mistaken(answer)
        for answer in answers(attempt)
    }
    services.finish(attempt, given)
    return Attempt.objects.get(pk=attempt.pk)


def ten_questions(hard: int = 3) -> Topic:
    topic = make_topic("long")
    for number in range(10):
        make_question(topic, use="bank", difficulty="hard" if number < hard else "easy")
    return topic


def test_someone_new_finds_where_to_begin(topic: Topic) -> None:
    found = page(Client())
    assert "Where would you like to begin?" in found
    assert 'href="/learn/gradients/"' in found
    assert "Topic by topic" not in found


def test_without_topics_it_says_so() -> None:
    assert "No topic is published yet" in page(Client())


def test_a_learner_finds_attempts_and_runs(topic: Topic) -> None:
    learner = make_learner(make_user())
    done = services.start(quiz(topic), learner)
    services.finish(done, {})
    going = services.start(quiz(topic, "test"), learner)
    inline = services.start(quiz(topic, "inline"), learner)
    run = make_run(topic, learner)
    found = page(client_of(learner))
    assert f"/attempts/{done.pk}/result/" in found
    assert f'"{going.get_absolute_url()}"' in found
    assert f"/runs/{run.pk}/" in found
    assert str(inline.pk) not in found


def test_it_counts_what_was_right_the_last_time(topic: Topic, learner: Learner) -> None:
    finish(topic, learner, "practice", right=1)
    assert (about(topic, learner).mastery.right, about(topic, learner).mastery.asked) == (1, 2)
    finish(topic, learner, "practice", right=2)
    finish(topic, learner, "inline", right=0)
    mastery = about(topic, learner).mastery
    assert (mastery.right, mastery.wrong, mastery.total) == (2, 1, 4)
    statement = "2 of 4 questions right when you were last asked; 1 you have not been asked."
    assert statement in page(client_of(learner))


def test_a_review_counts_as_the_last_time(topic: Topic, learner: Learner) -> None:
    card = missed(topic, learner)
    assert about(topic, learner).mastery.right == 0
    assert card.question.version is not None
    cards.answer(card, card.question.version, card.seq, [right_choice(card.question)])
    assert about(topic, learner).mastery.right == 1


def test_void_and_hidden_attempts_count_for_nothing(topic: Topic, learner: Learner) -> None:
    finish(topic, learner, "practice", right=2)
    Attempt.objects.update(state="void")
    finish(topic, learner, "test", right=4)
    Quiz.objects.filter(kind="test").update(review_later=["explanation"])
    assert about(topic, learner).mastery.asked == 0


def test_a_test_that_shows_no_marks_tells_none(learner: Learner) -> None:
    topic = ten_questions()
    Quiz.objects.filter(kind="test").update(review_after=[], review_later=[])
    found = []
    for right in (9, 2):
        finish(topic, learner, "test", right=right)
        test = about(topic, learner).test
        assert (test.overall, test.verdict) == (None, None)
        found.append(page(client_of(learner)).split("Latest practice and tests")[0])
        Attempt.objects.all().delete()
        Run.objects.all().delete()
    assert "its marks are not shown" in found[0]
    assert found[0].split("Topic by topic")[1] == found[1].split("Topic by topic")[1]


def test_a_test_says_what_counts_and_what_the_latest_says(learner: Learner) -> None:
    topic = ten_questions()
    finish(topic, learner, "test", right=10)
    finish(topic, learner, "test", right=1)
    test = about(topic, learner).test
    assert test.taken == 2
    assert test.overall is not None
    assert test.overall.percent == 100
    found = page(client_of(learner))
    assert "Taken 2 times" in found
    assert "the best one" in found
    assert "the latest says: <strong>not yet</strong>" in found


def test_practice_shows_how_far_it_is(topic: Topic, learner: Learner) -> None:
    attempt = services.start(quiz(topic), learner)
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    assert "1 of 2 answered, 1 right" in page(client_of(learner))
    Quiz.objects.filter(kind="practice").update(review_during=[])
    assert "1 of 2 answered<" in page(client_of(learner))


def test_lessons_are_listed_in_the_topics_order_with_what_is_read(
    topic: Topic, learner: Learner
) -> None:
    lessons = {mode: make_lesson(topic, mode) for mode in ("recall", "overview", "code")}
    reading.mark_read(learner, lessons["code"])
    found = about(topic, learner)
    modes = [(item.lesson.mode, item.is_read) for item in found.readings]
    assert modes == [("overview", False), ("code", True), ("recall", False)]
    assert "1 of 3 read" in page(client_of(learner))


def test_what_is_due_is_told_and_what_an_open_test_asks_is_not(
    topic: Topic, learner: Learner
) -> None:
    missed(topic, learner)
    client = client_of(learner)
    assert "1 question to review" in page(client)
    assert ">1 to review</a>" in page(client, "/learn/gradients/")
    services.start(quiz(topic, "test"), learner)
    assert "to review" not in page(client).replace("Nothing to review", "")
    assert "to review" not in page(client, "/learn/gradients/")


def test_what_comes_later_is_told_with_its_time(topic: Topic, learner: Learner) -> None:
    finish(topic, learner, "practice", right=1)
    found = page(client_of(learner))
    assert "1 later, the next tomorrow" in found
    assert "comes back tomorrow" in found


def step(topic: Topic, learner: Learner) -> str:
    return about(topic, learner).step.title


def test_the_next_step_follows_what_was_done(learner: Learner) -> None:
    topic = ten_questions()
    make_question(topic, use="practice", difficulty="easy")
    overview, code = make_lesson(topic, "overview"), make_lesson(topic, "code")
    assert step(topic, learner) == "Read “Overview”"
    reading.mark_read(learner, overview)
    assert step(topic, learner) == "Practise"
    practice = services.start(quiz(topic), learner)
    assert step(topic, learner) == "Continue practising"
    services.finish(practice, {1: mistaken(answers(practice)[0])})
    assert step(topic, learner) == "Test yourself"
    test = services.start(quiz(topic, "test"), learner)
    assert step(topic, learner) == "Continue your test"
    services.finish(test, {answer.position: keyed(answer) for answer in answers(test)})
    assert step(topic, learner) == "Read “Code”"
    reading.mark_read(learner, code)
    assert step(topic, learner) == "Take a new test"
    Card.objects.update(due_at=timezone.now())
    assert step(topic, learner) == "Review"
    finish(topic, learner, "test", right=0)
    Card.objects.all().delete()
    assert step(topic, learner) == "Practise again"


def test_topics_without_anything_done_stand_apart(topic: Topic, learner: Learner) -> None:
    make_topic("optimizers")
    finish(topic, learner, "practice", right=1)
    begun, unbegun = page(client_of(learner)).split("Not begun yet")
    assert "Gradients" in begun
    assert "/learn/optimizers/" not in begun
    assert "/learn/optimizers/" in unbegun


def test_nobody_finds_anothers(topic: Topic) -> None:
    attempt = services.start(quiz(topic), make_learner())
    run = make_run(topic, attempt.learner)
    for other in (Client(), client_of(make_learner()), client_of(make_user())):
        for address in ("/me/", "/me/attempts/", "/me/runs/"):
            found = page(other, address)
            assert str(attempt.pk) not in found
            assert str(run.pk) not in found


def test_long_lists_are_read_page_by_page(
    topic: Topic, learner: Learner, settings: Settings
) -> None:
    settings.GUEST_ACTIVE_RUNS = settings.GUEST_RUNS_AN_HOUR = 1000
    for _ in range(35):
        finish(topic, learner, "practice", right=0)
    client = client_of(learner)
    assert page(client).count("/result/") == 5
    for address, row in (("/me/attempts/", "/result/"), ("/me/runs/", 'href="/runs/')):
        assert f'href="{address}"' in page(client)
        first, second = page(client, address), page(client, f"{address}?page=2")
        assert (first.count(row), second.count(row)) == (30, 5)
        assert "1 to 30 of 35" in first
        assert "31 to 35 of 35" in second
        assert page(client, f"{address}?page=99") == second
        assert page(client, f"{address}?page=x") == first


def test_short_lists_have_no_further_page(learner: Learner) -> None:
    for address, said in (("/me/attempts/", "not practised"), ("/me/runs/", "No model")):
        assert said in page(client_of(learner), address)
        assert client_of(learner).post(address).status_code == 405


def test_a_guest_is_told_how_to_keep_the_work() -> None:
    found = page(client_of(make_learner()))
    assert "as a guest" in found
    assert "/accounts/signup/" in found


def test_a_name_is_shown_as_text() -> None:
    user = make_user("ada")
    user.username = user.name = "<script>alert(1)</script>"
    user.save()
    assert "<script>alert" not in page(client_of(user))


def test_it_is_read_and_not_posted_to() -> None:
    assert Client().post("/me/").status_code == 405
