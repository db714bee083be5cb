"""A query whose SQL is written once finds and changes what Django's own would."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from accounts.models import Learner
from database.prepared import Given, Select, Update
from database.rows import SelectRows
from quizzes import services
from quizzes.models import Answer, Attempt
from tests.factories import make_learner, make_topic, make_user, quiz

COLUMNS = ("id", "attempt", "order", "seq", "correct", "flagged", "seconds", "answered_at")


class Row(NamedTuple):
    """One of every kind of value that an answer has."""

    id: int
    attempt: UUID
    order: list[str]
    seq: int
    correct: bool | None
    flagged: bool
    seconds: int | None
    answered_at: datetime | None


def wanted(attempt: Any) -> QuerySet[Answer, Any]:
    return Answer.objects.filter(attempt=attempt).order_by("-position").values_list(*COLUMNS)


def started() -> Attempt:
    return services.start(quiz(make_topic(practice=3), "test"), make_learner())


@pytest.mark.django_db
def test_it_finds_what_django_finds_each_time_with_other_values() -> None:
    select = SelectRows(Row, lambda: wanted(Given(Answer, "attempt")))
    for attempt in (started(), started()):
        answers = attempt.answers.filter(position=2)
        answers.update(flagged=True, seconds=7, answered_at=Now(), correct=False)
        found = select(attempt=attempt.pk)
        assert len(found) == 3
        assert [tuple(row) for row in found] == list(wanted(attempt.pk))
        assert (found[1].flagged, found[1].correct, found[1].seconds) == (True, False, 7)
    assert select(attempt=uuid4()) == []


@pytest.mark.django_db
def test_models_come_with_what_they_are_joined_to() -> None:
    def of(attempt: Any) -> QuerySet[Answer]:
        answers = Answer.objects.filter(attempt=attempt).select_related(
            "attempt__quiz__topic", "graded_by"
        )
        return answers.annotate(made=F("version__created_at")).order_by("position")

    select = Select(lambda: of(Given(Answer, "attempt")))
    for attempt in (started(), started()):
        with CaptureQueriesContext(connection) as asked:
            found = select(attempt=attempt.pk)
            topics = [answer.attempt.quiz.topic.slug for answer in found]
        assert len(asked) == 1
        assert found == list(of(attempt.pk))
        assert topics == [attempt.quiz.topic.slug] * 3
        assert [answer.graded_by for answer in found] == [None] * 3
        made = [answer.version.created_at for answer in found]
        assert [vars(answer)["made"] for answer in found] == made
    assert select.first(attempt=attempt.pk) == found[0]
    assert select.first(attempt=uuid4()) is None


@pytest.mark.django_db
def test_nothing_is_like_nothing() -> None:
    class Named(NamedTuple):
        id: UUID

    member, guest = make_learner(make_user()), make_learner()
    either = Q(user=Given(Learner, "user")) | Q(id=Given(Learner, "id", "guest"), user=None)
    select = SelectRows(Named, lambda: Learner.objects.filter(either).values_list("id"))
    assert select(user=member.user_id, guest=None) == [(member.pk,)]
    assert select(user=None, guest=str(guest.pk)) == [(guest.pk,)]
    assert select(user=None, guest=str(member.pk)) == select(user=None, guest=None) == []


@pytest.mark.django_db
def test_an_update_changes_these_columns_of_this_row() -> None:
    attempt = started()
    first, second, _ = attempt.answers.order_by("position")
    update = Update(
        lambda: Answer.objects.filter(id=Given(Answer, "id")),
        response=Given(Answer, "response"),
        seconds=Given(Answer, "seconds"),
        answered_at=Now(),
    )
    begun = datetime.now(UTC)
    update(id=first.pk, response=["a", 'quoted "b"'], seconds=None)
    update(id=second.pk, response=[], seconds=5)
    changed = attempt.answers.order_by("position").values_list("response", "seconds", "flagged")
    assert list(changed) == [(["a", 'quoted "b"'], None, False), ([], 5, False), ([], None, False)]
    first.refresh_from_db()
    assert first.answered_at is not None
    # SQLite keeps milliseconds.
    assert begun - timedelta(milliseconds=1) <= first.answered_at <= datetime.now(UTC)


@pytest.mark.django_db
def test_values_are_no_sql() -> None:
    attempt = started()
    answer = attempt.answers.order_by("position")[0]
    update = Update(
        lambda: Answer.objects.filter(id=Given(Answer, "id")), response=Given(Answer, "response")
    )
    odd = ["'); DROP TABLE quizzes_answer; --", "100 %s", "\u2028\\"]
    update(id=answer.pk, response=odd)
    answer.refresh_from_db()
    assert answer.response == odd


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "times"), [(partial(SelectRows, Row), 1), (Select, 2)])
def test_its_sql_is_written_once_and_for_models_once_in_each_thread(
    make: Callable[[Callable[[], QuerySet[Answer, Any]]], Select[Any] | SelectRows[Row]], times: int
) -> None:
    written = []

    def query() -> QuerySet[Answer, Any]:
        written.append(threading.get_ident())
        return wanted(Given(Answer, "attempt"))

    select = make(query)

    def ask() -> None:
        try:
            for _ in range(3):
                select(attempt=uuid4())
        finally:
            connection.close()

    ask()
    other = threading.Thread(target=ask)
    other.start()
    other.join()
    assert len(written) == len(set(written)) == times


@pytest.mark.django_db(transaction=True)
def test_what_locks_is_refused_where_no_lock_would_last() -> None:
    def query() -> QuerySet[Answer, Any]:
        return wanted(Given(Answer, "attempt")).select_for_update()

    locking = SelectRows(Row, query)
    with pytest.raises(TransactionManagementError):
        locking(attempt=uuid4())
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        locking(attempt=uuid4())
    assert ("FOR UPDATE" in asked[-1]["sql"]) == connection.features.has_select_for_update
    with pytest.raises(TransactionManagementError, match="outside"):
        locking(attempt=uuid4())
