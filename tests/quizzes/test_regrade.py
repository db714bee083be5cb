"""A wrong key is corrected: who is affected is shown first, then graded again, and told why."""

from typing import Any

import pytest
from django.test import Client

from quizzes import lifecycle, saving, services
from quizzes.models import Attempt, Question, Regrading, ScoreChange
from quizzes.regrading import PreviewOutdated, affected
from tests.authoring.pages import fields, opened
from tests.factories import (
    answers,
    client_of,
    correct_the_key,
    keyed,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
    regrade,
)

pytestmark = pytest.mark.django_db
REASON = "The key named the wrong option."


@pytest.fixture
def question() -> Question:
    topic = make_topic("gradients")
    make_question(topic, position=2)
    return make_question(topic, position=1)


def attempted(question: Question, *, right: bool, finish: bool = True) -> Attempt:
    """An attempt whose first question is answered by the key of now, or wrongly."""
    attempt = services.start(quiz(question.topic, "practice"), make_learner())
    first, _ = answers(attempt)
    saving.save(attempt, {1: keyed(first) if right else mistaken(first)}, seq=1)
    if finish:
        services.finish(attempt, {})
    return Attempt.objects.get(id=attempt.id)


def test_affected_attempts_are_found_and_nothing_changes_by_looking(question: Question) -> None:
    loses, wins = attempted(question, right=True), attempted(question, right=False)
    still_open = attempted(question, right=True, finish=False)
    assert affected(question) == []
    correct_the_key(question)
    found = {item.attempt.pk: (item.before, item.after) for item in affected(question)}
    assert found == {loses.id: (1, 0), wins.id: (0, 1)}
    assert still_open.id not in found
    assert Attempt.objects.get(id=wins.id).score == 0


def test_what_is_not_finished_or_does_not_count_is_left_alone(question: Question) -> None:
    checked = services.start(quiz(question.topic, "practice"), make_learner())
    services.check(checked, 1, mistaken(answers(checked)[0]))
    void = attempted(question, right=False)
    lifecycle.void(void, "The room was noisy.", make_teacher("emmy"))
    correct_the_key(question)
    assert affected(question) == []
    assert regrade(question, 2, REASON, make_teacher()) == 0


def test_confirming_grades_again_and_keeps_the_old_score_with_reason_and_author(
    question: Question,
) -> None:
    wins = attempted(question, right=False)
    seen = answers(wins)[0].version
    correct_the_key(question)
    teacher = make_teacher()
    assert regrade(question, 2, REASON, teacher) == 1
    wins.refresh_from_db()
    answer = answers(wins)[0]
    assert (wins.score, answer.correct, answer.credit) == (1, True, 1)
    assert answer.version == seen, "what the learner saw stays"
    assert answer.graded_by == question.version
    change = ScoreChange.objects.get(attempt=wins)
    assert (change.score_before, change.score_after, change.reason) == (0, 1, REASON)
    assert (change.author, change.version) == (teacher, question.version)


def test_a_second_confirmation_changes_nothing(question: Question) -> None:
    attempted(question, right=False)
    correct_the_key(question)
    assert regrade(question, 2, REASON, make_teacher()) == 1
    assert regrade(question, 2, REASON, make_teacher("emmy")) == 0
    assert ScoreChange.objects.count() == 1


def test_a_key_that_is_corrected_twice_is_applied_twice(question: Question) -> None:
    attempt = attempted(question, right=False)
    correct_the_key(question)
    regrade(question, 2, REASON, make_teacher())
    correct_the_key(question)
    assert [(item.before, item.after) for item in affected(question)] in ([], [(1, 0)])
    changed = regrade(question, 3, "Back again.", make_teacher("emmy"))
    assert ScoreChange.objects.filter(attempt=attempt).count() == 1 + changed


def test_an_outdated_preview_is_not_applied(question: Question) -> None:
    attempt = attempted(question, right=False)
    correct_the_key(question)
    with pytest.raises(PreviewOutdated):
        regrade(question, 1, REASON, make_teacher())
    assert Attempt.objects.get(id=attempt.id).score == 0


def page_of(question: Question) -> str:
    return f"/admin/quizzes/question/{question.pk}/regrade/"


def test_a_teacher_does_it_on_a_page_and_the_learner_is_told(question: Question) -> None:
    wins = attempted(question, right=False)
    correct_the_key(question)
    teacher = client_of(make_teacher())
    assert (
        page_of(question)
        in teacher.get(f"/admin/quizzes/question/{question.pk}/change/").content.decode()
    )
    listed = teacher.get(page_of(question)).content.decode()
    assert "1 finished attempt" in listed
    assert str(wins.learner) in listed
    form = opened(teacher, page_of(question))
    assert (
        "Write a reason: without one nothing is changed."
        in teacher.post(page_of(question), form).content.decode()
    )
    done = teacher.post(page_of(question), form | {"reason": [REASON]}, follow=True)
    assert "1 attempt was graded again" in done.content.decode()
    history = teacher.get(f"/admin/quizzes/question/{question.pk}/history/").content.decode()
    assert f"1 attempt was graded again. Reason: {REASON}" in history
    result = client_of(wins.learner).get(f"{wins.get_absolute_url()}result/").content.decode()
    assert REASON in result
    assert "1 of 2" in result
    assert "No finished attempt changes" in teacher.get(page_of(question)).content.decode()


@pytest.mark.parametrize("field", ["version", "agreed"])
@pytest.mark.parametrize("sent", [None, "", "1"])
def test_a_list_that_was_not_shown_is_not_applied(
    question: Question, field: str, sent: str | None
) -> None:
    attempt = attempted(question, right=False)
    correct_the_key(question)
    teacher = client_of(make_teacher())
    form = opened(teacher, page_of(question)) | {"reason": [REASON]}
    form[field] = [] if sent is None else [sent]
    refused = teacher.post(page_of(question), form)
    assert refused.status_code == 409
    assert "Check the list again" in refused.content.decode()
    assert not Regrading.objects.exists()
    assert Attempt.objects.get(id=attempt.id).score == 0
    again = fields(refused.content.decode())
    assert again["reason"] == [REASON], "what was typed is not lost"
    teacher.post(page_of(question), again)
    assert Attempt.objects.get(id=attempt.id).score == 1


@pytest.mark.parametrize(("someone", "status"), [(None, 302), ("student", 302), ("staff", 403)])
def test_nobody_else_sees_or_does_it(question: Question, someone: str | None, status: int) -> None:
    attempted(question, right=False)
    correct_the_key(question)
    client = client_of(make_user(is_staff=someone == "staff")) if someone else Client()
    for response in (
        client.get(page_of(question)),
        client.post(page_of(question), {"version": "2", "reason": REASON}),
    ):
        assert response.status_code == status
        assert status == 403 or response["Location"].startswith("/admin/login/")
        assert "finished attempt" not in response.content.decode()
    assert not ScoreChange.objects.exists()


@pytest.mark.parametrize("size", [2, 6])
def test_the_number_of_queries_does_not_grow(
    question: Question, size: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(size):
        attempted(question, right=False)
    correct_the_key(question)
    teacher = make_teacher()
    with django_assert_max_num_queries(44):
        assert regrade(question, 2, REASON, teacher) == size
