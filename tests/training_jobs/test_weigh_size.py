"""No experiment is published that would then be refused to those who may choose it."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from authoring.files import ContentError, check_publication
from authoring.publication import lacking
from tests.factories import PLAN, make_experiment, make_learner
from training_jobs import publication
from training_jobs.durations import COMPILATIONS, forecast, note
from training_jobs.engine.estimates import estimate, program_key
from training_jobs.engine.plan import Plan
from training_jobs.models import Experiment, Worker
from training_jobs.quotas import check_size
from training_jobs.services import request_run

pytestmark = pytest.mark.django_db
CONVOLUTIONAL = PLAN | {"dataset": "mnist", "network": "convolutional", "epochs": 1}
CONVOLUTIONAL |= {"batch_size": 32}


def objections(row: Experiment) -> list[tuple[str, str]]:
    return [(lack.field, lack.words) for lack in lacking(row)]


def test_the_largest_combination_that_is_permitted_is_weighed(settings: Settings) -> None:
    permits: dict[str, list[Any]] = {"epochs": [1, 25], "batch_size": [8, 32, 64]}
    row = make_experiment(plan=CONVOLUTIONAL, permits=permits)
    largest = Plan.parse(CONVOLUTIONAL | {"epochs": 25, "batch_size": 8})
    settings.RUN_LIMIT_SECONDS = forecast().of(largest).seconds - 0.1
    for field, values in permits.items():
        for value in values:
            check_size(forecast().of(Plan.parse({**CONVOLUTIONAL, field: value})))
    ((field, words),) = objections(row)
    assert field == "permits"
    assert words.startswith("batch_size 8, epochs 25: This run would train")
    settings.RUN_LIMIT_SECONDS += 0.2
    assert objections(row) == []
    request_run(row, make_learner(), key="one", changes={"epochs": 25, "batch_size": 8})


def test_what_is_weighed_is_what_a_learner_is_admitted_with(settings: Settings) -> None:
    """On a slower machine than was calculated with, whether or not it has compiled the plan."""
    own, now = Plan.parse(CONVOLUTIONAL), timezone.now()
    programs = [program_key(own, "mnist")]
    named = {"name": "one@slow", "host": "slow", "state": "ready", "programs": programs}
    Worker.objects.create(started_at=now, last_seen=now, **named)
    calculated = estimate(own).seconds
    for _ in range(3):
        note("slow", own, "mnist", 10 * calculated, is_cold=False)
        note("slow", own, "mnist", 10 * calculated + 7, is_cold=True)
    warm = forecast().of(own).seconds
    assert warm > 5 * calculated
    row = make_experiment(plan=CONVOLUTIONAL)
    settings.RUN_LIMIT_SECONDS = warm + 1
    ((field, words),) = objections(row)
    assert field == "plan"
    assert "This run would train" in words
    settings.RUN_LIMIT_SECONDS = warm + 8
    assert objections(row) == []
    Worker.objects.update(programs=[])
    request_run(row, make_learner(), key="one")


def test_a_course_file_that_fits_is_loaded_on_a_slow_machine_as_on_any(settings: Settings) -> None:
    """Or an upgrade would fail there, and by how busy the machine has been."""
    own, now = Plan.parse(CONVOLUTIONAL), timezone.now()
    Worker.objects.create(
        name="one@slow", host="slow", state="ready", started_at=now, last_seen=now
    )
    calculated = estimate(own).seconds
    for _ in range(3):
        note("slow", own, "mnist", 10 * calculated, is_cold=False)
    row, path = make_experiment(plan=CONVOLUTIONAL), Path("experiments/one.toml")
    settings.RUN_LIMIT_SECONDS = 2 * calculated + COMPILATIONS["convolutional xla"]
    assert objections(row)
    check_publication([(row, path)])
    settings.RUN_LIMIT_SECONDS = calculated / 2
    with pytest.raises(ContentError, match=r"one\.toml: experiment .*This run would train"):
        check_publication([(row, path)])


def test_memory_is_weighed_by_the_combination_that_needs_most(settings: Settings) -> None:
    permits = {"batch_size": [8, 256], "hidden_units": [[16], [256]]}
    own = CONVOLUTIONAL | {"batch_size": 8, "hidden_units": [16]}
    largest = Plan.parse(own | {"batch_size": 256, "hidden_units": [256]})
    settings.RUN_MEMORY_MEGABYTES = estimate(largest).megabytes - 1
    ((field, words),) = objections(make_experiment(plan=own, permits=permits))
    assert field == "permits"
    assert words.startswith(
        "batch_size 256, hidden_units [256]: This network and one batch would need"
    )


def test_millions_of_combinations_are_weighed_by_their_extremes() -> None:
    permits = {
        "epochs": list(range(1, 13)),
        "batch_size": [8 * number for number in range(1, 13)],
        "learning_rate": [number / 1000 for number in range(1, 13)],
        "hidden_units": [[8 * number] for number in range(1, 13)],
        "validation_fraction": [number / 40 for number in range(12)],
    }
    row = make_experiment(permits=permits)
    assert len(list(publication._largest(Plan.parse(row.plan), row.permits))) == 1 + 2 * 12
    assert objections(row) == []


def test_a_combination_that_nobody_can_ask_for_is_no_obstacle() -> None:
    permits = {"dataset": ["mnist", "tabular"], "network": ["dense", "convolutional"]}
    row = make_experiment(plan=PLAN | {"dataset": "mnist"}, permits=permits)
    assert objections(row) == []
