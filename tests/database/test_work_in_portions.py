"""What is long is done in short transactions, and others write in between."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts import clearing
from accounts.models import Learner, Session, User
from database import portions
from database.portions import Pace
from lessons.models import Topic
from quizzes import personal_data, regrading, services
from quizzes.models import Answer, Attempt, Regrading
from tests.factories import finish_run, make_learner, make_run, make_topic, make_user, quiz
from tests.patience import LAST_RESORT
from training_jobs import retention
from training_jobs.models import Run, RunEvent

# Without a transaction around the test, as in the platform.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=1)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """How many learners and attempts there were whenever others had their turn."""
    seen: list[tuple[int, int]] = []

    def look(_: float) -> None:
        assert not connection.in_atomic_block, "nobody can write while a transaction is open"
        seen.append((Learner.objects.count(), Attempt.objects.count()))

    monkeypatch.setattr(portions, "let_others_in", look)
    # However busy the machine that tests, its portions stay as large as they are.
    monkeypatch.setattr(portions, "WANTED_SECONDS", LAST_RESORT)
    return seen


def attempted(topic: Topic, learner: Learner, number: int) -> None:
    for _ in range(number):
        services.finish(services.start(quiz(topic), learner), {})
        Run.objects.filter(ended_at=None).update(state="cancelled", ended_at=timezone.now())


def test_a_learner_with_much_data_is_forgotten_in_portions(
    topic: Topic, between: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_data, "PORTION", 3)
    learner = make_learner(make_user("ada"))
    attempted(topic, learner, 7)
    finish_run(make_run(topic, learner))
    services.start(quiz(topic), learner)
    personal_data.forget(learner)
    assert [attempts for _, attempts in between if attempts < 8] == [5, 2]
    for model in (Learner, Attempt, Answer, Run, RunEvent, User):
        assert not model._default_manager.exists(), model


def test_what_was_cut_off_is_gone_on_with_when_it_is_asked_for_again(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_data, "PORTION", 3)
    learner = make_learner(make_user("ada"))
    attempted(topic, learner, 7)

    def cut_off(_: float) -> None:
        if Attempt.objects.count() == 4:
            raise RuntimeError("cut off")

    with monkeypatch.context() as cut:
        cut.setattr(portions, "let_others_in", cut_off)
        with pytest.raises(RuntimeError, match="cut off"):
            personal_data.forget(learner)
    assert Attempt.objects.count() == 4
    personal_data.forget(Learner.objects.get())
    assert not Learner.objects.exists()
    assert not User.objects.exists()


def test_guests_and_sessions_are_cleared_in_portions(
    between: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clearing, "PORTION", 3)
    long_ago = timezone.now() - timedelta(days=1000)
    for _ in range(7):
        Learner.objects.create(seen_at=long_ago, address="192.0.2.1")
        Session.objects.create(session_key=f"key{_}", session_data="", expire_date=long_ago)
    Learner.objects.update(created_at=long_ago)
    removed, is_all = clearing.clear_accounts()
    assert (removed["guests"], removed["sessions"]) == (7, 7)
    assert is_all
    assert [learners for learners, _ in between] == [4, 1]
    assert not Session.objects.exists()


def test_what_takes_long_is_cleared_by_as_many_sweeps_as_it_takes(
    between: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine so slow that one portion takes all the time there is."""
    monkeypatch.setattr(clearing, "PORTION", 1)
    monkeypatch.setattr(clearing, "CLEARING_SECONDS", 0)
    long_ago = timezone.now() - timedelta(days=1000)
    for number in range(30):
        Learner.objects.create(seen_at=long_ago)
        Session.objects.create(session_key=f"key{number}", session_data="", expire_date=long_ago)
    clearing_out = retention.ClearingOut()
    for sweep in range(30):
        assert sweep > 1 or Learner.objects.exists(), "it takes several"
        clearing_out.when_due()
    assert not Learner.objects.exists()
    assert not Session.objects.exists()
    Learner.objects.create(seen_at=long_ago)
    clearing_out.when_due()
    assert Learner.objects.count() == 1, "not before an hour has passed"


def test_old_histories_are_cleared_by_as_many_sweeps_as_it_takes(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST_AT_ONCE", 1)
    for _ in range(3):
        finish_run(make_run(topic, make_learner()))
    Run.objects.update(ended_at=timezone.now() - timedelta(days=100))
    clearing_out = retention.ClearingOut()
    for _ in range(3):
        assert RunEvent.objects.exists()
        clearing_out.when_due()
    assert not RunEvent.objects.exists()


def test_addresses_are_forgotten(between: list[tuple[int, int]]) -> None:
    old, new = (Learner.objects.create(address="192.0.2.1") for _ in range(2))
    Learner.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    clearing.clear_accounts()
    assert {it.pk: it.address for it in Learner.objects.all()} == {old.pk: "", new.pk: "192.0.2.1"}


def test_a_portion_that_takes_long_makes_the_next_one_smaller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("database.portions.time.monotonic", lambda: now[0])
    waits: list[float] = []
    monkeypatch.setattr("database.portions.time.sleep", waits.append)
    pace, sizes = Pace("rows", 200, first=200), []
    for took in (1.0, 0.4, 0.1, 0.04, 0.01, 100.0, 0.0):
        with pace.portion() as size:
            sizes.append(size)
            now[0] += took
    assert sizes == [200, 20, 10, 10, 20, 40, 10]
    assert waits == pytest.approx([1.0, 0.4, 0.12, 0.12, 0.12, 100.0])


@pytest.fixture
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two guests are removed in a tenth of a second; returns how many each portion removed."""
    now, sizes, real = [0.0], [], clearing._remove_portion

    def remove(chosen: QuerySet[Learner], portion: list[Learner]) -> int:
        now[0] += len(portion) / 21
        sizes.append(len(portion))
        return real(chosen, portion)

    monkeypatch.setattr("database.portions.time.monotonic", lambda: now[0])
    monkeypatch.setattr(portions, "let_others_in", lambda _: None)
    monkeypatch.setattr(clearing, "_remove_portion", remove)
    return sizes


def idle_guests(number: int) -> None:
    Learner.objects.bulk_create(
        Learner(seen_at=timezone.now() - timedelta(days=1000)) for _ in range(number)
    )


def test_on_a_slow_machine_no_sweep_begins_with_a_large_portion(slow_machine: list[int]) -> None:
    idle_guests(30)
    clearing.clear_accounts()
    assert slow_machine[:5] == [10, 2, 2, 2, 2]
    clearing.clear_accounts()  # with nothing to remove, which is quickly done
    slow_machine.clear()
    idle_guests(10)
    clearing.clear_accounts()
    assert [removed for removed in slow_machine if removed] == [2] * 5


def test_each_portion_of_a_regrading_is_as_small_as_the_machine_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sweep does one portion each time it looks."""
    now, sizes, a_second = [0.0], [], [100]

    def slowly(_: Regrading, size: int) -> None:
        now[0] += size / a_second[0]
        sizes.append(size)

    monkeypatch.setattr("database.portions.time.monotonic", lambda: now[0])
    monkeypatch.setattr(regrading, "_next_portion", slowly)
    going = Regrading()
    monkeypatch.setattr(going, "refresh_from_db", lambda **_: None)
    for _ in range(3):
        regrading.go_on(going, most=1)
    assert sizes == [50, 10, 10]
    a_second[0] = 1000  # what slowed the machine is over
    for _ in range(4):
        regrading.go_on(going, most=1)
    assert sizes[3:] == [10, 20, 40, 50]
