"""Whose run is trained next, and how long the others wait."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Learner
from tests.factories import make_user
from tests.training_jobs.factories import make_experiment, make_run
from training_jobs import lifecycle, queueing
from training_jobs.durations import note
from training_jobs.engine.estimates import estimate, program_key
from training_jobs.engine.plan import Plan
from training_jobs.models import Run, Worker
from training_jobs.queries import queue_of, queues_of
from training_jobs.queueing import GUESSED_SECONDS, about
from training_jobs.references import reference_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wide_quota(settings: Settings) -> None:
    settings.GUEST_ACTIVE_RUNS = 100
    settings.QUEUE_GUEST_RUNS = 1000


def queued(learner: Learner | None = None) -> Run:
    return make_run(learner, key=str(uuid4()))


def learner() -> Learner:
    return Learner.objects.create()


def worker(name: str = "one@host") -> Worker:
    now = timezone.now()
    return Worker.objects.create(name=name, state="ready", started_at=now, last_seen=now)


def claimed_in_order(count: int) -> list[Run]:
    """What so many free workers claim, each ending its run at once."""
    runs = []
    for _ in range(count):
        run = lifecycle.claim_next()
        assert run is not None
        lifecycle.fail(run, "")
        runs.append(run)
    return runs


def test_everyones_first_comes_before_anyones_second() -> None:
    busy, late = learner(), learner()
    first, second, third = (queued(busy) for _ in range(3))
    only = queued(late)
    expected = [first, only, second, third]
    assert [queue_of(run).position for run in expected] == [1, 2, 3, 4]
    assert claimed_in_order(2) == [first, only]


def test_who_is_being_trained_comes_after_who_is_not() -> None:
    busy, late = learner(), learner()
    queued(busy)
    second = queued(busy)
    assert lifecycle.claim_next() is not None
    only = queued(late)
    assert [queue_of(run).position for run in (only, second)] == [1, 2]
    assert claimed_in_order(2) == [only, second]


def test_who_asks_again_while_being_trained_comes_after_who_asks_for_the_first() -> None:
    busy, late = learner(), learner()
    queued(busy)
    assert lifecycle.claim_next() is not None
    second, only = queued(busy), queued(late)
    assert [queue_of(run).position for run in (only, second)] == [1, 2]
    assert claimed_in_order(2) == [only, second]


def test_reference_runs_come_last_even_for_a_busy_learner() -> None:
    reference, busy = queued(), learner()
    queued(busy)
    second = queued(busy)
    assert lifecycle.claim_next() is not None
    assert claimed_in_order(2) == [second, reference]


def test_the_worker_is_kept_on_the_run() -> None:
    queued(learner())
    run = lifecycle.claim_next("trainer@host")
    assert run is not None
    assert Run.objects.get().worker == "trainer@host"


def test_without_a_worker_nobody_knows_how_long_it_takes() -> None:
    run = queued(learner())
    assert queue_of(run).seconds is None
    worker()
    assert queue_of(run).seconds == 0
    claimed = lifecycle.claim_next()
    assert claimed is not None
    assert queue_of(claimed).as_json() == {
        "position": None,
        "workers": 1,
        "warming": 0,
        "seconds": None,
        "at_least": False,
    }


def test_the_wait_is_what_the_runs_before_were_said_to_take() -> None:
    worker()
    first, second = (queued(learner()) for _ in range(2))
    assert first.estimated_seconds is not None
    Run.objects.filter(id=first.id).update(estimated_seconds=7)
    assert queue_of(second).seconds == 7
    worker("two@host")
    assert queue_of(second).seconds == 4


def test_the_wait_is_learned_from_the_machine_and_counts_compiling() -> None:
    plan = Plan.parse(make_experiment().plan)
    machine = worker()
    Worker.objects.update(host="slow", programs=[program_key(plan, plan.dataset)])
    for _ in range(3):
        note("slow", plan, plan.dataset, estimate(plan).seconds * 15, is_cold=False)
    warm = estimate(plan).seconds * 15
    first, second = (queued(learner()) for _ in range(2))
    assert first.estimated_seconds == pytest.approx(warm)
    assert queue_of(second).seconds == about(warm)
    Worker.objects.filter(pk=machine.pk).update(programs=[])
    note("slow", plan, plan.dataset, warm + 40, is_cold=True)
    third, fourth = (queued(learner()) for _ in range(2))
    assert third.estimated_seconds == pytest.approx(warm + 40)
    assert queue_of(fourth).seconds == about(3 * warm + 40)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, 0), (0.2, 1), (9.5, 10), (11, 15), (58, 60), (61, 90), (700, 720)]
)
def test_a_wait_is_said_in_round_figures(seconds: float, said: int) -> None:
    assert about(seconds) == said


def test_what_is_being_trained_counts_for_what_is_left_of_it() -> None:
    worker()
    queued(learner())
    training = lifecycle.claim_next()
    waiting = queued(learner())
    Run.objects.update(estimated_seconds=60)
    assert training is not None
    Run.objects.filter(id=training.id).update(started_at=timezone.now() - timedelta(seconds=20))
    left = queue_of(waiting).seconds
    assert left is not None
    assert 30 < left <= 40
    Run.objects.filter(id=training.id).update(started_at=timezone.now() - timedelta(hours=1))
    assert queue_of(waiting).seconds == 0


def test_a_run_of_which_nothing_was_said_is_guessed() -> None:
    worker()
    first = queued(learner())
    Run.objects.filter(id=first.id).update(estimated_seconds=None)
    assert queue_of(queued(learner())).seconds == GUESSED_SECONDS


def member(name: str) -> Learner:
    return Learner.objects.create(user=make_user(name))


def test_members_come_before_guests_and_those_before_reference_runs() -> None:
    reference, guest = queued(), queued(learner())
    late = queued(member("ada"))
    assert [queue_of(run).position for run in (late, guest, reference)] == [1, 2, 3]
    assert claimed_in_order(3) == [late, guest, reference]


def test_who_came_later_is_not_served_for_having_come_later() -> None:
    """Two learners with several runs each take turns, though one asked for all of them first."""
    early = learner()
    firsts = [queued(early) for _ in range(3)]
    assert lifecycle.claim_next() == firsts[0]
    late = learner()
    seconds = [queued(late) for _ in range(3)]
    assert claimed_in_order(5) == [seconds[0], firsts[1], seconds[1], firsts[2], seconds[2]]


def test_a_guests_runs_move_up_when_the_guest_signs_in() -> None:
    others = [queued(learner()) for _ in range(3)]
    guest, ada = learner(), member("ada")
    mine = [queued(guest) for _ in range(2)]
    first = queued(member("bob"))
    lifecycle.hand_over(guest, ada)
    expected = [mine[0], first, mine[1], *others]
    assert [queue_of(run).position for run in reread(expected)] == [1, 2, 3, 4, 5, 6]


def reread(runs: list[Run]) -> list[Run]:
    return [Run.objects.get(id=run.id) for run in runs]


def test_places_of_many_are_those_of_each() -> None:
    worker()
    runs = [queued(learner()) for _ in range(3)] + [queued(member("ada")), queued()]
    assert lifecycle.claim_next() is not None
    Run.objects.update(estimated_seconds=7)
    runs = reread(runs)
    assert queues_of([run.id for run in runs]) == {run.id: queue_of(run) for run in runs}


@pytest.mark.parametrize("ahead", [10, 400])
def test_a_place_costs_as_many_queries_in_a_long_queue_as_in_a_short_one(
    ahead: int, django_assert_num_queries: Any
) -> None:
    worker()
    first = queued(learner())
    queued_copies(first, ahead)
    last = Run.objects.get(id=queued(learner()).id)
    with django_assert_num_queries(4):
        assert queue_of(last).position == ahead + 2


@pytest.mark.parametrize("few", [queueing.FEW, 0])
def test_of_a_long_queue_it_is_said_that_it_is_longer(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Also where the places of many are told at once, and so by reading the queue."""
    monkeypatch.setattr(queueing, "COUNTED", 3)
    monkeypatch.setattr(queueing, "FEW", few)
    worker()
    runs = [queued(learner()) for _ in range(6)]
    Run.objects.update(estimated_seconds=60)
    told = [queues_of([run.id])[run.id] for run in runs]
    assert told == [queue_of(run) for run in runs]
    assert [queue.before for queue in told] == [0, 1, 2, 3, 3, 3]
    assert [queue.at_least for queue in told] == [False] * 4 + [True] * 2
    assert [queue.seconds for queue in told] == [0, 60, 120, 180, 180, 180]


def test_a_page_far_behind_in_the_queue_says_no_place(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queueing, "COUNTED", 1000)
    worker()
    first, last = queued(learner()), queued()
    Run.objects.update(estimated_seconds=60)
    queued_copies(Run.objects.get(id=first.id), 999)
    assert "It is 1001st in the queue. It starts in about 1000\xa0minutes." in words(client, last)
    queued_copies(Run.objects.get(id=first.id), 1)
    told = words(client, last)
    assert "More than 1,000 runs are ahead of it. Expect to wait more than" in told
    standing = reference_of(last.experiment).standing
    assert standing is not None
    assert "the reference run is queued. Reload" in standing.full


def words(client: Client, run: Run) -> str:
    """The text of a run's page."""
    text = client.get(run.get_absolute_url()).content.decode()
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", "", text))


@pytest.mark.parametrize("at_once", [1, 30])
def test_a_place_is_told_without_reading_the_queue(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """The rows and index entries that are read stay the same, whatever the length of the queue."""
    monkeypatch.setattr(queueing, "COUNTED", 50)
    monkeypatch.setattr(queueing, "LOOKED_AT", 50)
    worker()
    first = Run.objects.get(id=queued(learner()).id)
    last = [queued() for _ in range(at_once)]
    read = []
    for more in (200, 1800):
        queued_copies(first, more)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE training_jobs_run")
        read.append(work(lambda: queues_of([run.id for run in last])))
    assert read[1] < read[0] * 1.5, read


def queued_copies(run: Run, count: int) -> None:
    """So many more guests who wait with the same run."""
    guests = Learner.objects.bulk_create(Learner() for _ in range(count))
    copies = []
    for guest in guests:
        copy = Run.objects.get(id=run.id)
        copy.id, copy.learner, copy.idempotency_key = uuid4(), guest, str(uuid4())
        copies.append(copy)
    Run.objects.bulk_create(copies)


def work(ask: Callable[[], object]) -> int:
    """How much a database does for it: SQLite's instructions, or the rows that PostgreSQL reads."""
    if connection.vendor == "sqlite":
        done: list[None] = []
        connection.connection.set_progress_handler(lambda: done.append(None), 10)
        ask()
        connection.connection.set_progress_handler(None, 10)
        return len(done)
    with CaptureQueriesContext(connection) as asked:
        ask()
    plans = []
    with connection.cursor() as cursor:
        for query in asked:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            [(told,)] = cursor.fetchall()
            plans.append(told[0]["Plan"])
    return sum(rows_read(plan) for plan in plans)


def rows_read(plan: dict[str, Any]) -> int:
    below = plan.get("Plans", [])
    if below:
        return sum(rows_read(part) for part in below)
    passed = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    return int(passed * plan["Actual Loops"])
