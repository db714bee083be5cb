"""What a run's page shows of the weights, the gradient and the watched row, without a script."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tests.training_jobs.factories import (
    epoch_report,
    make_claimed,
    make_finished,
    make_run,
    start_report,
    tick_report,
    weights_report,
)
from training_jobs import lifecycle
from training_jobs.events import Event, data_of, name_of
from training_jobs.figures import seconds
from training_jobs.history import History, fold
from training_jobs.queries import Queue, RunPage, events_after, run_page
from training_jobs.spreads import Spread


def history(*reports: Event) -> History:
    return fold((seq, name_of(one), data_of(one)) for seq, one in enumerate(reports, start=1))


def page_after(*reports: Any) -> str:
    run = make_claimed()
    for report in reports:
        lifecycle.record(run, report)
    response = Client().get(f"/runs/{run.id}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


@pytest.mark.django_db
def test_a_run_that_has_just_started() -> None:
    text = page_after(start_report())
    assert "drawn by JavaScript, which is off" in text
    assert 'data-run-map="hidden_1"' in text
    assert '<td class="number" data-run-now-low>–</td>' in text
    assert "untrained" in text
    assert "The first row appears when the first epoch is done." in text


@pytest.mark.django_db
def test_a_queued_run_has_nothing_to_show_yet() -> None:
    text = page_after()
    assert "data-run-map=" not in text
    assert "data-run-watched" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wait", "words"), [(12, "It starts in about 12 seconds."), (None, "2nd in the queue.")]
)
def test_a_queued_run_tells_how_long_it_waits(wait: int | None, words: str) -> None:
    page = RunPage(make_run(), fold([]), Queue(position=2, workers=1, warming=0, seconds=wait))
    text = " ".join(render_to_string("training_jobs/_run_state.html", {"page": page}).split())
    assert words in text
    assert ("It starts in" in text) == (wait is not None)


@pytest.mark.django_db
def test_a_finished_run_has_its_figures_in_tables() -> None:
    response = Client().get(f"/runs/{make_finished().id}/")
    text = " ".join(response.content.decode().split())
    assert '<td class="number" data-run-moved>100.0 %</td>' in text
    assert "class 1 with a probability of 90.0 %" in text
    assert re.findall(r'data-at-epoch="(\d+)"', text) == ["0", "1", "2", "1"]
    assert "1, right" in text
    assert ">1.500<" in text


@pytest.mark.django_db
def test_a_history_from_before_these_fields_is_still_shown() -> None:
    run = make_finished()
    for event in run.events.all():
        for name in ("prediction", "gradient_norm"):
            event.data.pop(name, None)
        for layer in event.data.get("layers", []):
            layer.pop("histogram")
            layer.pop("moved")
        event.save()
    assert Client().get(f"/runs/{run.id}/").status_code == 200
    told = run_page(run).history
    assert (told.spreads, told.watched, told.last_prediction) == ([], [], None)
    assert told.gradients == []


@pytest.mark.django_db
def test_the_page_leaves_the_maps_to_the_stream() -> None:
    run = make_claimed()
    for report in (start_report(), weights_report()):
        lifecycle.record(run, report)
    assert run_page(run).history.weights == []
    assert fold(events_after(run.id, 0)).weights == [data_of(weights_report())]


def test_a_rewind_drops_later_maps() -> None:
    events = [weights_report(1), weights_report(2)]
    told = [(seq, name_of(one), data_of(one)) for seq, one in enumerate(events, start=1)]
    assert [drawn["epoch"] for drawn in fold(told).weights] == [1, 2]
    assert [drawn["epoch"] for drawn in fold([*told, (3, "rewind", {"epoch": 1})]).weights] == [1]


def test_the_gradients_extremes_are_those_of_whole_epochs() -> None:
    norms = {0.25: 3.0, 0.5: 1.0, 1.0: 2.0, 1.5: 9.0}
    ticks = [replace(tick_report(at), gradient_norm=norm) for at, norm in norms.items()]
    (one,) = history(start_report(), *ticks, epoch_report(1)).gradients
    assert (one.epoch, one.smallest, one.largest) == (1, 1.0, 3.0)


def test_the_watched_row_is_followed_from_the_start() -> None:
    told = history(start_report(), epoch_report(1)).watched
    assert [(one.epoch, one.probability, one.of_actual) for one in told] == [
        (0, 0.6, 0.6),
        (1, 0.7, 0.7),
    ]


def test_bars_stand_on_one_axis_and_count_by_area() -> None:
    narrow = {"low": -1.0, "high": 1.0, "counts": [10, 10]}
    wide = {"low": -2.0, "high": 2.0, "counts": [10, 10]}
    spread = Spread.of("any", narrow, wide)
    assert spread is not None
    assert spread.now is not None
    assert (spread.low, spread.high) == (-2.0, 2.0)
    assert spread.before.path == "M60.0 100V0.0H120.0V0.0H180.0V100Z"
    assert spread.now.path == "M0.0 100V50.0H120.0V50.0H240.0V100Z"
    assert (spread.now.fullest_from, spread.now.fullest_to, spread.now.fullest) == (-2.0, 0.0, 0.5)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.02, "a second"), (1.2, "1 second"), (4.4, "4 seconds"), (99.7, "100 seconds")],
)
def test_an_estimate_is_no_finer_than_it_can_be(value: float, words: str) -> None:
    assert seconds(value).replace("\N{NO-BREAK SPACE}", " ") == words


def test_long_estimates_are_in_minutes() -> None:
    assert seconds(180) == "3\N{NO-BREAK SPACE}minutes"
