"""A page asks the database as often for much as for little."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Learner
from lessons.models import Topic
from quizzes import reading, saving, services
from quizzes.models import Attempt, Card
from tests.factories import (
    answers,
    client_of,
    finish_run,
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
)
from tests.quizzes.cohort import answered
from training_jobs import lifecycle
from training_jobs.models import Run

pytestmark = pytest.mark.django_db
FEW, MANY = 1, 5
# What no page may need, however much it shows.
CEILING = 14


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=FEW, inline=FEW, bank=FEW)
    make_lesson(topic)
    return topic


@pytest.fixture
def learner(topic: Topic) -> Learner:
    learner = make_learner(make_user())
    progress(topic, learner)
    return learner


def progress(topic: Topic, learner: Learner) -> None:
    services.finish(services.start(quiz(topic), learner), {})
    services.start(quiz(topic, "test"), learner)
    make_run(topic, learner)
    missed(make_topic(practice=1), learner)


@pytest.fixture(autouse=True)
def without_quotas(settings: Settings) -> None:
    """Rows are many here, and more than one learner may ask for."""
    settings.GUEST_ACTIVE_RUNS = settings.MEMBER_ACTIVE_RUNS = 1000
    settings.GUEST_RUNS_AN_HOUR = settings.MEMBER_RUNS_AN_HOUR = 1000


def more_course(topic: Topic, learner: Learner) -> None:
    for number in range(MANY):
        make_lesson(make_topic(f"topic-{number}", practice=1), "code")
    for mode in ("code", "math", "recall"):
        make_lesson(topic, mode)


def more_questions(topic: Topic, learner: Learner) -> None:
    for use in ("practice", "inline", "bank"):
        for position in range(FEW + 1, MANY + 1):
            make_question(topic, use=use, position=position)


def more_progress(topic: Topic, learner: Learner) -> None:
    for _ in range(MANY):
        progress(make_topic(practice=2), learner)


def more_missed(topic: Topic, learner: Learner) -> None:
    """More cards, each answered more often, and more lessons read."""
    for number in range(MANY):
        other = make_topic(f"missed-{number}", practice=2)
        card = missed(other, learner)
        for _ in range(MANY):
            card.recalls.create(rating=3, at=card.due_at, version=card.question.version)
        reading.mark_read(learner, make_lesson(other))


def more_runs(topic: Topic, learner: Learner) -> None:
    for _ in range(MANY):
        make_run(topic, learner)


@pytest.mark.parametrize(
    ("address", "grow"),
    [
        ("/", more_course),
        ("/learn/gradients/", more_course),
        ("/learn/gradients/", more_questions),
        ("/learn/gradients/experiment/", more_course),
        ("/learn/gradients/experiment/", more_questions),
        ("/learn/gradients/practice/1/", more_questions),
        ("/learn/gradients/test/", more_questions),
        ("/me/", more_progress),
        ("/me/", more_course),
        ("/me/", more_questions),
        ("/me/", more_missed),
        ("/me/attempts/", more_progress),
        ("/me/runs/", more_runs),
        ("/me/review/", more_missed),
        ("/learn/gradients/", more_missed),
        ("/experiments/gradients-run/", more_runs),
    ],
)
def test_a_page_that_grows_asks_no_more(
    topic: Topic,
    learner: Learner,
    address: str,
    grow: Callable[[Topic, Learner], None],
) -> None:
    people = [Client(), client_of(learner)]
    before = [queries(person, address) for person in people]
    grow(topic, learner)
    assert [queries(person, address) for person in people] == before
    assert max(before) <= CEILING


def attempt_of(length: int, kind: str) -> Attempt:
    topic = make_topic(practice=length, inline=length)
    make_lesson(topic)
    attempt = services.start(quiz(topic, kind), make_learner(make_user(f"user-{length}")))
    response = keyed(answers(attempt)[0])
    if kind == "test":
        saving.save(attempt, {1: response}, seq=1)
    else:
        services.check(attempt, 1, response)
    return attempt


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("practice", "/learn/{topic}/practice/1/"),
        ("inline", "/learn/{topic}/experiment/"),
        ("test", "/attempts/{pk}/"),
        ("practice", "/attempts/{pk}/result/"),
        ("test", "/attempts/{pk}/result/"),
    ],
)
def test_an_attempt_asks_no_more_for_many_questions(kind: str, address: str) -> None:
    counted = []
    for length in (2, 8):
        attempt = attempt_of(length, kind)
        if "result" in address:
            services.finish(attempt, {})
        url = address.format(topic=attempt.quiz.topic.slug, pk=attempt.pk)
        counted.append(queries(client_of(attempt.learner), url))
    assert counted[0] == counted[1] <= CEILING


def test_taking_in_what_was_missed_asks_no_more_for_many_questions(learner: Learner) -> None:
    counted = []
    for length in (2, 8):
        attempt = services.start(quiz(make_topic(practice=length)), learner)
        given = {answer.position: mistaken(answer) for answer in answers(attempt)}
        with CaptureQueriesContext(connection) as asked:
            services.finish(attempt, given)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_a_question_answered_many_times_is_shown_in_as_many_queries(learner: Learner) -> None:
    counted = []
    for times in (1, 9):
        card = missed(make_topic(practice=1), learner)
        for _ in range(times):
            card.recalls.create(rating=3, at=card.due_at, version=card.question.version)
        Card.objects.filter(pk=card.pk).update(due_at=timezone.now() + timedelta(days=1))
        counted.append(queries(client_of(learner), f"/me/review/{card.pk}/"))
    assert counted[0] == counted[1] <= CEILING


def test_a_lesson_asks_no_more_for_many_blocks_and_runs() -> None:
    counted = []
    for number in (1, 4):
        topics = [make_topic() for _ in range(number)]
        for each in topics:
            finish_run(make_run(each))
        blocks = [f"[[changes {each.experiment.slug}]]" for each in topics] * number
        make_lesson(topics[0], source="\n".join(blocks))
        counted.append(queries(Client(), f"/learn/{topics[0].slug}/experiment/"))
    assert counted[0] == counted[1] <= CEILING


def test_a_run_asks_no_more_for_a_long_history(topic: Topic) -> None:
    run = finish_run(make_run(topic))
    addresses = [f"/runs/{run.pk}/", f"/runs/{run.pk}.json", f"/runs/{run.pk}/events"]
    before = [queries(Client(), address) for address in addresses]
    event = run.events.get(name="tick")
    for seq in range(100, 140):
        event.pk, event.seq = None, seq
        event.save()
    assert [queries(Client(), address) for address in addresses] == before
    assert lifecycle.claim_next() is None
    assert Run.objects.count() == 1


def test_a_list_of_authoring_asks_no_more_for_many_rows() -> None:
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    addresses = [f"/admin/quizzes/{model}/" for model in ("question", "attempt", "answer")]
    addresses += ["/admin/lessons/lesson/", "/admin/lessons/topic/", "/admin/training_jobs/run/"]
    make_and_do_all("first")
    [queries(root, address) for address in addresses]
    before = [queries(root, address) for address in addresses]
    for number in range(MANY):
        make_and_do_all(f"more-{number}")
    assert [queries(root, address) for address in addresses] == before


def test_statistics_ask_no_more_for_many_questions_and_attempts() -> None:
    root = client_of(make_user("root", is_staff=True, is_superuser=True))
    counted = []
    for size in (2, 6):
        topic = make_topic(practice=size)
        answered(topic, [[1] * size, [0] * size] * size)
        page = f"/admin/quizzes/quiz/{quiz(topic).pk}/statistics/"
        question = topic.questions.all()[0]
        addresses = [page, f"{page}{question.pk}/", f"{page}questions.csv", f"{page}answers.csv"]
        addresses.append(f"/admin/quizzes/question/{question.pk}/change/")
        # The first look also asks what the process then remembers, such as content types.
        [queries(root, address) for address in addresses]
        counted.append([queries(root, address) for address in addresses])
    assert counted[0] == counted[1]
    assert max(counted[0]) <= CEILING


def make_and_do_all(slug: str) -> None:
    topic = make_topic(slug, practice=2)
    make_lesson(topic)
    progress(topic, make_learner(make_user(slug)))
