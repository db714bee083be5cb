"""The pure modules of the live panel, run in the browser and held against their Python twins."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from tests.training_jobs.factories import (
    epoch_report,
    result_report,
    start_report,
    tick_report,
)
from training_jobs import figures
from training_jobs.events import Event, data_of, name_of
from training_jobs.history import Data, fold

pytestmark = pytest.mark.browser

ADDRESS = "http://modules.test"
SCRIPTS = Path(__file__).parents[2] / "static" / "js"
Told = list[tuple[int, str, Data]]
Call = Callable[..., Any]


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name:
        body = (SCRIPTS / name).read_text(encoding="utf-8")
        route.fulfill(body=body, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>Modules</title>", content_type="text/html")


@pytest.fixture
def call(page: Page) -> Call:
    """Calls a function that a module exports: `call("run-words", "percent", 0.5)`."""
    page.route(f"{ADDRESS}/**", _serve)
    page.goto(f"{ADDRESS}/")

    def called(module: str, name: str, *values: Any) -> Any:
        script = "async ([module, name, values]) => (await import(module))[name](...values)"
        return page.evaluate(script, [f"./{module}.js", name, list(values)])

    return called


@pytest.fixture
def written(page: Page, call: Call) -> Callable[[str, list[float | None]], list[str]]:
    """Writes many numbers by one of the functions of `run-words`."""

    def write(name: str, numbers: list[float | None]) -> list[str]:
        script = "async ([name, all]) => all.map((await import('./run-words.js'))[name])"
        texts: list[str] = page.evaluate(script, [name, numbers])
        return texts

    return write


def told(*events: Event) -> Told:
    return [(seq, name_of(event), data_of(event)) for seq, event in enumerate(events, start=1)]


def folded(call: Call, events: Told) -> Data:
    history: Data = {"ticks": [], "epochs": [], "start": None, "result": None, "lastSeq": 0}
    for seq, name, data in events:
        history = call("run-history", "fold", history, {"seq": seq, "name": name, "data": data})
    return history


def assert_alike(call: Call, events: Told) -> None:
    here, there = fold(events), folded(call, events)
    assert (here.start, here.ticks, here.epochs) == (
        there["start"],
        there["ticks"],
        there["epochs"],
    )
    assert (here.result, here.last_seq) == (there["result"], there["lastSeq"])


RUN: list[Event] = [
    start_report(),
    tick_report(),
    tick_report(1.0),
    epoch_report(1),
    tick_report(1.5),
]


def test_a_history_is_folded_as_the_server_folds_it(call: Call) -> None:
    assert_alike(call, told(*RUN, epoch_report(2, 0.3), result_report()))


@pytest.mark.parametrize("epoch", [0, 1])
def test_a_rewind_drops_the_same_points(call: Call, epoch: int) -> None:
    events = told(*RUN)
    assert_alike(call, [*events, (6, "rewind", {"epoch": epoch}), (7, "unheard-of", {})])


def test_an_event_that_comes_again_changes_nothing(call: Call) -> None:
    events = told(*RUN)
    assert folded(call, [*events, *events]) == folded(call, events)


def test_a_number_that_is_none_is_no_crash(call: Call) -> None:
    history = folded(call, told(start_report(), tick_report(), epoch_report(1)))
    history["epochs"][0]["loss"] = history["ticks"][0]["accuracy"] = None
    assert call("run-history", "reading", history, 1)["loss"] is None
    assert call("run-history", "onCurve", history, 0.25)["accuracy"] is None
    assert call("run-curves", "largestLoss", history) == pytest.approx(0.7)


def test_the_short_last_batch_puts_no_spike_on_the_curve(call: Call) -> None:
    history = folded(call, told(*RUN))
    points = call("run-history", "moments", history)
    assert [point["epoch"] for point in points] == [0, 0.5, 1.5]


def test_weights_move_with_the_playhead(call: Call) -> None:
    history = folded(call, told(*RUN))
    norms = [
        call("run-history", "layersAt", history, at)[0]["norm"] for at in (0, 0.25, 0.5, 1, 1.25)
    ]
    assert norms == pytest.approx([0, 0.05, 0.1, 0.2, 0.15])


def test_figures_are_written_as_the_server_writes_them(
    written: Callable[[str, list[float | None]], list[str]],
) -> None:
    draw = random.Random(7)  # noqa: S311  (a test's numbers, not a secret)
    ties = [k / 400 for k in range(-8, 400)] + [k / 16 for k in range(-40, 40)]
    numbers = [*ties, *(draw.uniform(-3, 3) for _ in range(200)), 0.0, 1.0, None]
    assert written("percent", numbers) == [figures.percent(number) for number in numbers]
    assert written("decimal", numbers) == [figures.decimal(number) for number in numbers]


PLAYING = {"at": 1.0, "playing": True, "follow": False, "speed": 1}
PAUSED = PLAYING | {"playing": False}
FOLLOWING = PAUSED | {"follow": True}


@pytest.mark.parametrize(
    ("player", "head", "ended", "at", "playing"),
    [
        (PLAYING, 5, False, 1.4, True),
        (PLAYING | {"speed": 4}, 5, False, 2.6, True),
        (PLAYING, 1.2, False, 1.2, True),  # never past what is known; it waits there
        (PLAYING, 1.2, True, 1.2, False),  # the end
        (PLAYING, 0.5, False, 0.5, True),  # a rewind took the ground away
        (PAUSED, 5, False, 1.0, False),
        (FOLLOWING, 5, False, 5, False),
    ],
)
def test_a_second_of_playback(
    call: Call, player: Data, head: float, *, ended: bool, at: float, playing: bool
) -> None:
    later = call("run-player", "advance", player, 1, head, ended)
    assert (later["at"], later["playing"]) == (pytest.approx(at), playing)


def test_the_play_button(call: Call) -> None:
    assert not call("run-player", "toggle", PLAYING, 5, False)["playing"]
    assert call("run-player", "toggle", PAUSED, 5, False)["at"] == 1.0
    again = call("run-player", "toggle", PAUSED | {"at": 5}, 5, True)
    assert (again["at"], again["playing"]) == (0, True)


def test_the_slider_stays_within_what_is_known(call: Call) -> None:
    ends = [call("run-player", "seek", PLAYING, at, 3)["at"] for at in (-1, 2, 9)]
    assert ends == [0, 2, 3]


def test_who_wants_no_motion_is_never_played_to(call: Call) -> None:
    options = {"autoplay": True, "follow": True}
    assert not call("run-player", "newPlayer", options)["playing"]
