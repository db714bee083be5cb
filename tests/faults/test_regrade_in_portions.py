"""Many attempts are graded again: nobody waits for all of them, and each has its turn once."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Learner, User
from database import portions
from quizzes import cards, regrading, saving, services
from quizzes.models import Answer, Attempt, Card, Question, Regrading, ScoreChange
from quizzes.publishing import publish
from tests.factories import (
    answers,
    correct_the_key,
    keyed,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    mistaken,
    quiz,
)
from tests.faults import house
from tests.faults.meeting import Meeting
from training_jobs.sweeping import sweep_once

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "The key named the wrong option."


@pytest.fixture
def question(transactional_db: None) -> Question:
    return make_question(make_topic("gradients"))


def attempted(question: Question, number: int) -> list[Attempt]:
    """So many finished attempts, each of its own learner, all right by the key of now."""
    made = []
    for _ in range(number):
        attempt = services.start(quiz(question.topic, "practice"), make_learner())
        services.finish(attempt, {1: keyed(answers(attempt)[0])})
        made.append(attempt)
    return made


def confirmed(question: Question, author: User | None = None) -> Regrading:
    agreed = regrading.agreement(regrading.affected(question))
    number = question.versions.count()
    return regrading.begin(question, number, agreed, REASON, author or make_teacher())


def each_graded_once(question: Question, total: int) -> None:
    """Every attempt was changed once, by one line, and nothing is left to do."""
    assert not regrading.affected(question)
    assert ScoreChange.objects.count() == total
    assert ScoreChange.objects.values("attempt").distinct().count() == total
    assert set(Attempt.objects.filter(state="finished").values_list("score", flat=True)) == {0.0}
    assert set(Answer.objects.values_list("graded_by", flat=True)) == {question.version_id}
    ended = Regrading.objects.get()
    assert (ended.state, ended.done, ended.changed) == ("done", total, total)
    assert ended.attempts == [], "nothing of who it was stays behind"


def test_a_guest_saves_between_two_portions(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PORTION", 3)
    attempted(question, 8)
    guest = make_learner()
    correct_the_key(question)
    other = services.start(quiz(question.topic, "test"), guest)
    going, meeting, seen = confirmed(question), Meeting(), []
    # Where the work pauses by itself, it is kept until the guest has been answered.
    monkeypatch.setattr(portions, "let_others_in", lambda _: meeting.pause())

    def save() -> None:
        saving.save(other, {1: keyed(answers(other)[0])}, seq=1)
        now = Regrading.objects.get()
        seen.append((now.state, now.done))

    meeting.meet(lambda: regrading.go_on(going, most=99), save)
    assert seen == [("going", 3)], "the guest was answered in the midst of it"
    assert answers(other)[0].seq == 1
    assert not regrading.affected(question)
    assert ScoreChange.objects.count() == 8


def test_no_transaction_changes_more_than_a_portion(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PORTION", 3)
    attempted(question, 8)
    correct_the_key(question)
    going, changed, cards_done = confirmed(question), [], []
    real_note, real_cards = ScoreChange.objects.bulk_create, cards.grade_again

    def noted(lines: Any) -> Any:
        made = real_note(lines)
        changed.append(len(made))
        return made

    def graded(of: Question, *, after: int, most: int) -> int | None:
        last = real_cards(of, after=after, most=most)
        cards_done.append(Card.objects.filter(pk__gt=after, pk__lte=last or 0).count())
        return last

    monkeypatch.setattr(ScoreChange.objects, "bulk_create", noted)
    monkeypatch.setattr(cards, "grade_again", graded)
    regrading.go_on(going, most=99)
    assert changed == [3, 3, 2]
    assert cards_done == [3, 3, 2, 0]
    each_graded_once(question, 8)


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_what_was_cut_off_in_the_midst_is_gone_on_with_by_the_sweep(
    question: Question, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    """An error in the middle of a portion takes that portion back, whole, and no other."""
    monkeypatch.setattr(regrading, "PORTION", 3)
    attempted(question, 8)
    correct_the_key(question)
    going, real, calls = confirmed(question), cards.remember, []

    def failing(rows: Any) -> None:
        calls.append(rows)
        if len(calls) == fails_at:
            raise RuntimeError("cut off")
        real(rows)

    with monkeypatch.context() as cut:
        cut.setattr(cards, "remember", failing)
        with pytest.raises(RuntimeError, match="cut off"):
            regrading.go_on(going, most=99)
    assert Regrading.objects.get().done == ScoreChange.objects.count() == 3 * (fails_at - 1)
    for _ in range(9):
        sweep_once()
    each_graded_once(question, 8)


def test_a_sweep_does_one_portion_however_many_regradings_go_on_and_never_waits(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PORTION", 2)
    later = make_question(make_topic("layers"))
    for corrected in (question, later):
        attempted(corrected, 5)
        correct_the_key(corrected)
    teacher = make_teacher()
    first, second = confirmed(question, teacher), confirmed(later, teacher)
    waits: list[float] = []
    monkeypatch.setattr(portions, "let_others_in", waits.append)
    done = []
    for _ in range(3):
        sweep_once()
        first.refresh_from_db()
        second.refresh_from_db()
        done.append((first.done, second.done))
    assert done == [(2, 0), (4, 0), (5, 0)]
    for _ in range(12):
        sweep_once()
    assert not regrading.going_on().exists()
    assert waits == []


def test_two_who_go_on_at_once_do_each_portion_once(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PORTION", 2)
    attempted(question, 7)
    correct_the_key(question)
    first, meeting = confirmed(question), Meeting()
    second = Regrading.objects.get()
    real: Callable[[Any], None] = cards.remember

    def slowly(rows: Any) -> None:
        if not meeting.reached.is_set():
            meeting.pause()
        real(rows)

    monkeypatch.setattr(cards, "remember", slowly)
    meeting.meet(lambda: regrading.go_on(first, most=99), lambda: regrading.go_on(second, most=99))
    each_graded_once(question, 7)


def test_a_sweep_that_is_killed_is_followed_by_another(question: Question) -> None:
    total = 4 * regrading.PORTION + 3
    attempted(question, total)
    correct_the_key(question)
    confirmed(question)
    with house.sweep("redis://127.0.0.1:1/0") as process:
        process.wait_for(lambda: Regrading.objects.get().done > 0, "nothing was begun")
        os.kill(process.pid, signal.SIGKILL)
    with house.sweep("redis://127.0.0.1:1/0") as process:
        process.wait_for(lambda: not Regrading.objects.get().is_going, "it was not ended")
    each_graded_once(question, total)


def test_a_key_that_is_published_meanwhile_ends_it_and_the_next_preview_has_the_rest(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PORTION", 3)
    attempted(question, 8)
    correct_the_key(question)
    going = confirmed(question)
    regrading.go_on(going, most=1)
    Question.objects.filter(pk=question.pk).update(stem="A typing error is mended.")
    question.refresh_from_db()
    publish(question)
    question.refresh_from_db()
    regrading.go_on(going, most=99)
    assert (going.state, going.done) == ("overtaken", 3)
    assert len(regrading.affected(question)) == 5
    again = confirmed(question, make_teacher("emmy"))
    regrading.go_on(again, most=99)
    assert (again.state, again.changed) == ("done", 5)
    assert ScoreChange.objects.count() == 8


def test_what_is_taken_away_meanwhile_is_passed_over(
    question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrading, "PORTION", 2)
    attempted(question, 5)
    correct_the_key(question)
    going = confirmed(question)
    regrading.go_on(going, most=1)
    last = Attempt.objects.get(pk=going.attempts[-1])
    Learner.objects.get(pk=last.learner_id).delete()
    regrading.go_on(going, most=99)
    assert (going.state, going.changed) == ("done", 4)


def test_what_is_confirmed_is_what_was_shown(question: Question) -> None:
    """An attempt by the older key that is finished after the list was shown is not on it."""
    attempted(question, 2)
    late = services.start(quiz(question.topic, "practice"), make_learner())
    saving.save(late, {1: keyed(answers(late)[0])}, seq=1)
    correct_the_key(question)
    agreed = regrading.agreement(regrading.affected(question))
    services.finish(late, {})
    teacher = make_teacher()
    with pytest.raises(regrading.PreviewOutdated):
        regrading.begin(question, 2, agreed, REASON, teacher)
    assert not Regrading.objects.exists()
    begun = confirmed(question, teacher)
    assert begun.total == 3
    wrong = services.start(quiz(question.topic, "practice"), make_learner())
    services.finish(wrong, {1: mistaken(answers(wrong)[0])})
    regrading.go_on(begun, most=99)
    assert begun.changed == 3
