"""Decisions that need several rows: whoever waits for another is not waited for in turn."""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from accounts.learners import SESSION_KEY, hold
from accounts.models import Learner
from lessons.models import Topic
from quizzes import cards, lifecycle, services, taking_over
from quizzes.models import Attempt, Card, ScoreChange
from quizzes.personal_data import forget
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
    missed,
    mistaken,
    quiz,
    regrade,
)
from tests.faults.meeting import Meeting
from training_jobs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    topic = make_topic("gradients", practice=1)
    make_question(topic, position=2)
    return topic


@pytest.fixture
def guest(topic: Topic) -> Learner:
    return make_learner()


@pytest.fixture
def member(topic: Topic) -> Learner:
    return make_learner(make_user())


def finished(topic: Topic, learner: Learner) -> Attempt:
    """A test with every answer right."""
    attempt = services.start(quiz(topic, "test"), learner)
    services.finish(attempt, {answer.position: keyed(answer) for answer in answers(attempt)})
    return attempt


def read(attempt: Attempt) -> Attempt:
    """The attempt as a request has it that has not been in its transaction yet."""
    return Attempt.objects.select_related("learner", "quiz__topic__experiment").get(pk=attempt.pk)


def claiming(guest: Learner, member: Learner) -> Callable[[], object]:
    """The post by which the member takes the guest's work over."""
    assert member.user is not None
    client = client_of(member.user)
    session = client.session
    session[SESSION_KEY] = str(guest.pk)
    session.save()

    def claim() -> None:
        assert client.post("/accounts/claim/").status_code == 302
        assert not Learner.objects.filter(pk=guest.pk).exists()

    return claim


def test_a_claim_and_a_corrected_key_hold_attempts_in_one_order(
    topic: Topic, guest: Learner, member: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    while True:
        of_guest, of_member = finished(topic, guest), finished(topic, member)
        if of_member.pk < of_guest.pk:
            break
        Attempt.objects.all().delete()
    question = topic.questions.order_by("position")[0]
    correct_the_key(question)
    grace, meeting, real = make_teacher("grace"), Meeting(), lifecycle.hold_all

    def held_slowly(*learners: Learner) -> None:
        real(*learners)
        meeting.pause()

    monkeypatch.setattr(lifecycle, "hold_all", held_slowly)
    meeting.meet(claiming(guest, member), lambda: regrade(question, 2, "It was wrong.", grace))
    assert ScoreChange.objects.filter(attempt__learner=member).count() == 2


def test_a_claim_and_a_corrected_key_hold_cards_in_one_order(
    topic: Topic, guest: Learner, member: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, _ = missed(topic, guest), missed(topic, member)
    correct_the_key(card.question)
    grace, meeting, real = make_teacher("grace"), Meeting(), cards._held

    def held_slowly(rows: QuerySet[Card]) -> list[Card]:
        found = real(rows)
        if not meeting.reached.is_set():
            meeting.pause()
        return found

    monkeypatch.setattr(cards, "_held", held_slowly)
    meeting.meet(claiming(guest, member), lambda: regrade(card.question, 2, "It was wrong.", grace))
    assert Card.objects.get().learner == member


def test_a_claim_and_a_deletion_of_the_same_guest_do_not_wait_for_each_other(
    topic: Topic, guest: Learner, member: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, meeting, real = finished(topic, guest), Meeting(), taking_over.hand_over

    def handed_over_slowly(of: Learner, to: Learner) -> list[str]:
        meeting.pause()
        return real(of, to)

    monkeypatch.setattr(taking_over, "hand_over", handed_over_slowly)
    meeting.meet(claiming(guest, member), lambda: forget(Learner.objects.get(pk=guest.pk)))
    assert Attempt.objects.get(pk=attempt.pk).learner == member


def test_a_finish_beside_a_void_attempt_does_not_hold_it_up(
    topic: Topic, guest: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    voided, grace = finished(topic, guest), make_teacher("grace")
    second = services.start(quiz(topic, "test"), guest)
    meeting = Meeting()

    def held_slowly(*learners: Learner) -> None:
        hold(*learners)
        if not meeting.reached.is_set():
            meeting.pause()

    monkeypatch.setattr(lifecycle, "hold", held_slowly)
    meeting.meet(
        lambda: lifecycle.void(voided, "The room was noisy.", grace),
        lambda: services.finish(second, {}),
    )
    second.refresh_from_db()
    assert (second.state, second.number) == ("finished", 1)


def test_a_finish_beside_a_deletion_does_not_hold_it_up(
    topic: Topic, guest: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, meeting = services.start(quiz(topic, "test"), guest), Meeting()

    def held_slowly(*learners: Learner) -> None:
        if not meeting.reached.is_set():
            meeting.pause()
        hold(*learners)

    monkeypatch.setattr(lifecycle, "hold", held_slowly)
    meeting.meet(
        lambda: forget(Learner.objects.get(pk=guest.pk)), lambda: services.finish(attempt, {})
    )
    assert not Attempt.objects.exists()


def test_a_question_missed_beside_its_corrected_key_comes_back(
    topic: Topic, guest: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished(topic, guest)
    attempt = services.start(quiz(topic, "test"), guest)
    question = topic.questions.order_by("position")[0]
    correct_the_key(question)
    grace, meeting, real = make_teacher("grace"), Meeting(), services._run_for

    def run_slowly(of: Attempt, seed: int | None, prediction: float | None) -> Run | None:
        meeting.pause()
        return real(of, seed, prediction)

    monkeypatch.setattr(services, "_run_for", run_slowly)
    wrong = {answer.position: mistaken(answer) for answer in answers(attempt)}
    meeting.meet(
        lambda: services.finish(attempt, wrong),
        lambda: regrade(question, 2, "It was wrong.", grace),
    )
    assert Card.objects.filter(question=question, learner=guest).count() == 1


@pytest.fixture
def meeting_in_claim(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """A claim pauses when it holds everything and has not moved it yet."""
    meeting, real = Meeting(), taking_over._move_attempts

    def moved_slowly(of: Learner, to: Learner) -> None:
        meeting.pause()
        real(of, to)

    monkeypatch.setattr(taking_over, "_move_attempts", moved_slowly)
    return meeting


def test_a_test_that_is_finished_while_it_is_taken_over_is_the_members(
    topic: Topic, guest: Learner, member: Learner, meeting_in_claim: Meeting
) -> None:
    attempt = read(services.start(quiz(topic, "test"), guest))
    right = {answer.position: keyed(answer) for answer in answers(attempt)}
    meeting_in_claim.meet(claiming(guest, member), lambda: services.finish(attempt, right))
    found = Attempt.objects.select_related("run").get(pk=attempt.pk)
    assert (found.state, found.score, found.learner) == ("finished", 2, member)
    assert found.run is not None
    assert found.run.learner == member


def test_an_attempt_that_is_void_while_it_is_taken_over_counts_nowhere(
    topic: Topic, guest: Learner, member: Learner, meeting_in_claim: Meeting
) -> None:
    first, second = read(finished(topic, guest)), finished(topic, guest)
    grace = make_teacher("grace")
    meeting_in_claim.meet(
        claiming(guest, member), lambda: lifecycle.void(first, "The room was noisy.", grace)
    )
    assert Attempt.objects.get(pk=first.pk).is_void
    assert Attempt.objects.get(pk=second.pk).number == 1
