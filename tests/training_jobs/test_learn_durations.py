"""What a run is expected to take, learned from what others took on the same machine."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.plans import digits_plan, make_plan
from tests.training_jobs.factories import make_experiment, make_finished
from training_jobs.durations import (
    LONGEST_COMPILATION,
    SLOWEST,
    Forecast,
    Machine,
    adopt,
    compilation_of,
    forecast,
    learn,
    note,
    ratio_of,
)
from training_jobs.engine.estimates import estimate, kind_of, program_key
from training_jobs.engine.plan import Plan
from training_jobs.models import Pace, Run, Worker

PLAN = digits_plan()
CALCULATED = estimate(PLAN).seconds


def make_worker(host: str = "here", **facts: Any) -> Worker:
    now = timezone.now()
    named = {"name": f"one@{host}", "host": host, "state": "ready"}
    return Worker.objects.create(started_at=now, last_seen=now, **named | facts)


def compiled(*plans: Plan) -> list[str]:
    return [program_key(plan, plan.dataset) for plan in plans]


@pytest.mark.django_db
def test_a_new_network_counts_its_compilation_and_a_compiled_one_does_not() -> None:
    worker = make_worker()
    cold = forecast().of(PLAN)
    assert cold.compiling > 1
    assert cold.seconds == pytest.approx(CALCULATED + cold.compiling)
    Worker.objects.filter(pk=worker.pk).update(programs=compiled(PLAN))
    warm = forecast().of(PLAN)
    assert warm.compiling == 0
    assert warm.seconds == pytest.approx(CALCULATED)


@pytest.mark.django_db
def test_one_program_serves_another_seed_rate_and_length() -> None:
    make_worker(programs=compiled(PLAN))
    other = digits_plan(seed=99, learning_rate=0.1, epochs=9)
    assert forecast().of(other).compiling == 0
    assert forecast().of(digits_plan(batch_size=64)).compiling > 0


@pytest.mark.django_db
@pytest.mark.parametrize("slower", [0.4, 4.0])
def test_a_machines_own_durations_are_believed(slower: float) -> None:
    make_worker(programs=compiled(PLAN))
    for noise in (1.1, 0.9, 1.0):
        note("here", PLAN, "mnist", CALCULATED * slower * noise, is_cold=False)
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED * slower)
    # Another network of the same kind, which has not run here yet.
    other = digits_plan(hidden_units=[128])
    note("here", other, "mnist", estimate(other).seconds * slower + 7, is_cold=True)
    assert forecast().of(digits_plan(hidden_units=[16])).compiling == pytest.approx(7)


@pytest.mark.django_db
def test_one_run_alone_is_within_a_factor_of_two_of_a_machine_four_times_as_slow() -> None:
    make_worker(programs=compiled(PLAN))
    note("here", PLAN, "mnist", CALCULATED * 4, is_cold=False)
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED * 2)


@pytest.mark.django_db
def test_an_outlier_changes_nothing() -> None:
    make_worker(programs=compiled(PLAN))
    for taken in (CALCULATED, CALCULATED * 500, CALCULATED):
        note("here", PLAN, "mnist", taken, is_cold=False)
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED)


@pytest.mark.django_db
def test_machines_kinds_and_data_are_kept_apart() -> None:
    make_worker(programs=compiled(PLAN, digits_plan(compiled=False)))
    for plan, data, host in (
        (PLAN, "mnist", "elsewhere"),
        (digits_plan(compiled=False), "mnist", "here"),
        (PLAN, "digits", "here"),
    ):
        for _ in range(3):
            note(host, plan, data, 99.0, is_cold=False)
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED)


@pytest.mark.django_db
def test_what_stands_in_for_a_data_set_counts() -> None:
    make_worker(stand_ins={"mnist": "digits"}, programs=[program_key(PLAN, "digits")])
    size = forecast().of(PLAN)
    assert size.seconds == pytest.approx(estimate(PLAN, "digits").seconds)
    assert size.steps == estimate(PLAN, "digits").steps < estimate(PLAN).steps


@pytest.mark.django_db
def test_with_no_worker_the_last_one_known_is_asked() -> None:
    assert forecast().of(PLAN).seconds > CALCULATED
    worker = make_worker(programs=compiled(PLAN))
    Worker.objects.filter(pk=worker.pk).update(last_seen=timezone.now() - timedelta(days=1))
    assert forecast().of(PLAN).compiling == 0


@pytest.mark.django_db
def test_a_trainer_that_warms_up_will_have_compiled_what_is_published() -> None:
    """As every trainer does that takes the place of one that has grown."""
    experiment = make_experiment()
    plan = Plan.parse(experiment.plan)
    worker = make_worker(state=Worker.State.WARMING, programs=[])
    changed = Plan.parse({**experiment.plan, "hidden_units": [77]})
    assert forecast().of(plan).compiling == 0
    assert forecast().of(changed).compiling > 0
    # Once it is ready, it is known what it has compiled.
    Worker.objects.filter(pk=worker.pk).update(state=Worker.State.READY)
    assert forecast().of(plan).compiling > 0


@pytest.mark.django_db
def test_a_group_compiles_each_network_once() -> None:
    make_worker()
    expected = forecast()
    rates = [digits_plan(learning_rate=rate) for rate in (0.001, 0.01, 0.1)]
    seen = []
    for plan in rates:
        seen.append(expected.of(plan).compiling > 0)
        expected = expected.after(plan)
    assert seen == [True, False, False]


@pytest.mark.django_db
def test_a_worker_learns_from_the_run_that_it_has_ended() -> None:
    worker = make_worker()
    run = make_finished()
    Run.objects.filter(pk=run.pk).update(worker=worker.name)
    run.refresh_from_db()
    learn(run, make_plan(), "tabular", is_cold=False, programs=["key"])
    worker.refresh_from_db()
    pace = Pace.objects.get()
    assert (worker.programs, pace.host, pace.kind) == (["key"], "here", kind_of(PLAN, "tabular"))
    assert len(pace.ratios) == 1


plans = st.builds(
    lambda epochs, units, size, compiled: digits_plan(
        epochs=epochs, hidden_units=units, batch_size=size, compiled=compiled
    ),
    st.integers(1, 50),
    st.lists(st.integers(1, 256), max_size=3),
    st.integers(8, 512),
    st.booleans(),
)
measured = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=20)
# A slow machine is no fault of the figures.
patiently = settings(
    deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@patiently
@given(plans, measured, measured)
def test_an_estimate_is_never_absurd(
    plan: Plan, ratios: list[float], compilations: list[float]
) -> None:
    pace = Pace(ratios=ratios, compilations=compilations)
    kind = kind_of(plan, "mnist")
    expected = Forecast([Machine("here", {}, frozenset())], {("here", kind): pace})
    cold, warm = expected.of(plan), expected.after(plan).of(plan)
    calculated = estimate(plan).seconds
    assert calculated / SLOWEST <= warm.seconds <= calculated * SLOWEST
    assert warm.seconds < cold.seconds <= warm.seconds + LONGEST_COMPILATION


@patiently
@given(measured)
def test_what_is_believed_lies_between_what_was_measured(values: list[float]) -> None:
    assert 1 / SLOWEST <= ratio_of(values) <= SLOWEST
    assert 0 < compilation_of(values, PLAN) <= LONGEST_COMPILATION


@pytest.mark.django_db
def test_a_machine_under_a_new_name_begins_with_what_was_learned_last() -> None:
    """As each container has one after a deployment."""
    others = digits_plan(compiled=False)
    for taken in (9, 3, 4, 5):
        note("before", PLAN, "mnist", CALCULATED * taken, is_cold=False)
    note("before", PLAN, "mnist", CALCULATED * 4 + 7, is_cold=True)
    note("last", PLAN, "mnist", CALCULATED * 4 + 9, is_cold=True)
    make_worker("new", programs=compiled(PLAN))
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED)
    adopt("new")
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED * 4)
    Worker.objects.update(programs=[])
    assert forecast().of(PLAN).compiling == Pace.objects.get(host="last").compilations[0]
    assert forecast().of(others).seconds == pytest.approx(
        estimate(others).seconds + forecast().of(others).compiling
    )
    # A machine of another speed is known as that after as many runs of its own.
    for _ in range(4):
        note("new", PLAN, "mnist", CALCULATED * 2, is_cold=False)
    adopt("new")
    Worker.objects.update(programs=compiled(PLAN))
    assert forecast().of(PLAN).seconds == pytest.approx(CALCULATED * 2)
