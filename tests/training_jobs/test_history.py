"""Folding events into what a page shows."""

from tests.training_jobs.factories import (
    epoch_report,
    result_report,
    start_report,
    tick_report,
)
from training_jobs.events import EVENTS, Event, data_of, frame, name_of
from training_jobs.figures import METRICS, figure
from training_jobs.history import Data, History, fold
from training_jobs.observations import FIRST, observe


def history(*names_and_data: tuple[str, Data]) -> History:
    return fold((seq, name, data) for seq, (name, data) in enumerate(names_and_data, start=1))


def finished() -> History:
    reports: list[Event] = [
        start_report(),
        tick_report(),
        epoch_report(1),
        epoch_report(2, 0.3),
        result_report(),
    ]
    return history(*((name_of(report), data_of(report)) for report in reports))


def test_nothing_yet() -> None:
    empty = fold([])
    assert (empty.layers, empty.changes, empty.last_seq) == ([], [], 0)


def test_samples_stand_before_and_after() -> None:
    (change,) = finished().changes
    assert change.delta_norm == 0.4
    assert change.samples == [{"index": [1, 0], "before": 0.5, "after": 0.9}]


def test_while_it_trains_the_latest_epoch_counts() -> None:
    told = history(
        ("start", data_of(start_report())), ("epoch", data_of(epoch_report())), ("end", {})
    )
    (change,) = told.changes
    assert change.delta_norm == 0.2


def test_a_rewind_drops_later_points_only() -> None:
    told = history(
        ("tick", data_of(tick_report(0.5))),
        ("epoch", data_of(epoch_report(1))),
        ("tick", data_of(tick_report(1.5))),
        ("epoch", data_of(epoch_report(2))),
        ("rewind", {"epoch": 1}),
    )
    assert [epoch["epoch"] for epoch in told.epochs] == [1]
    assert [tick["epoch"] for tick in told.ticks] == [0.5]


def test_figures_are_written_as_a_reader_writes_them() -> None:
    told = finished()
    assert figure(told, "test_accuracy") == "93.0\N{NO-BREAK SPACE}%"
    assert figure(told, "train_rows") == "1,000"
    assert figure(told, "steps") == "64"
    assert figure(told, "relative_delta_1") == "20.0\N{NO-BREAK SPACE}%"
    assert figure(None, "test_accuracy") is None
    assert figure(fold([]), "test_accuracy") is None
    assert figure(told, "nonsense") is None
    assert figure(told, "relative_delta_2") is None  # it has one layer with weights


def test_every_metric_but_that_of_a_second_layer_can_be_read() -> None:
    told = finished()
    assert all(figure(told, name) for name in METRICS if name != "relative_delta_2")


def test_an_observation_agrees_with_its_numbers() -> None:
    figures = ((0.7, 0.6), (0.4, 0.8), (0.39, 0.79), (0.5, 0.7), (0.45, 0.7))
    told = observe([{"loss": loss, "accuracy": accuracy} for loss, accuracy in figures])
    assert told == [
        FIRST,
        "The loss falls by 0.300; accuracy up 20.0 points.",
        "The loss falls by 0.010; accuracy down 1.0 points.",
        "The loss rises by 0.110; accuracy down 9.0 points.",
        "The loss falls by 0.050; accuracy unchanged.",
    ]
    assert observe([]) == []


def test_a_frame_is_one_server_sent_event() -> None:
    assert frame("end", {"state": "failed"}, 9) == (
        b'id: 9\nevent: end\ndata: {"state":"failed"}\n\n'
    )
    assert frame("queue", {"position": 1}).startswith(b"event: queue\n")


def test_every_event_has_a_name_of_its_own() -> None:
    assert len(set(EVENTS.values())) == len(EVENTS)
