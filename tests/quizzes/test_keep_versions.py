"""Versions in memory: read once, never mixed up, and not without bound."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quizzes import kept_versions, services
from quizzes.models import Attempt, Question, QuestionVersion
from quizzes.publishing import publish
from quizzes.queries import attempt_page
from tests.factories import make_learner, make_question, make_topic, quiz

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    kept_versions.forget()
    yield
    kept_versions.forget()


@pytest.fixture
def attempt() -> Attempt:
    return services.start(quiz(make_topic("gradients", practice=3), "test"), make_learner())


def contents_read(attempt: Attempt) -> int:
    """How many queries ask for what versions say, when the attempt's page is made."""
    with CaptureQueriesContext(connection) as asked:
        assert len(attempt_page(attempt).questions) == 3
    # Each page asks for what graded an answer since, too, by another name.
    return sum('"quizzes_questionversion"."content"' in query["sql"] for query in asked)


def test_what_is_kept_is_not_read_again(attempt: Attempt) -> None:
    kept_versions.forget()
    assert [contents_read(attempt) for _ in range(3)] == [1, 0, 0]


def test_what_is_published_later_is_asked_later(attempt: Attempt) -> None:
    topic = attempt.quiz.topic
    before = [shown.stem for shown in attempt_page(attempt).questions]
    question = Question.objects.filter(topic=topic)[0]
    question.stem = "What is asked **now**?"
    question.save()
    publish(question)
    asked = services.start(quiz(topic, "test"), make_learner())
    assert sum("now" in shown.stem for shown in attempt_page(asked).questions) == 1
    assert [shown.stem for shown in attempt_page(attempt).questions] == before


def test_a_number_that_is_given_again_is_another_version(attempt: Attempt) -> None:
    """As when a database is put back while the process runs."""
    attempt_page(attempt)
    version = QuestionVersion.objects.all()[0]
    other = make_question(make_topic("other"), stem="Another *stem*").version
    assert other is not None
    later = version.created_at + timedelta(seconds=1)
    here = QuestionVersion.objects.filter(pk=version.pk)
    here.update(content=other.content, created_at=later)
    assert sum("Another" in shown.stem for shown in attempt_page(attempt).questions) == 1


def test_not_more_are_kept_than_there_is_room_for(
    attempt: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_versions, "MOST", 4)
    other = services.start(quiz(make_topic(practice=3), "test"), make_learner())
    for again in (attempt, other, attempt):
        assert len(attempt_page(again).questions) == 3
        assert len(kept_versions._kept) <= 4
