"""The pure modules of the live panel, run in the browser and held against their Python twins."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.training_jobs.factories import (
    epoch_report,
    result_report,
    start_report,
    tick_report,
    weights_report,
)
from training_jobs import figures
from training_jobs.events import Event, data_of, name_of
from training_jobs.history import Data, fold
from training_jobs.spreads import Spread

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


@pytest.fixture(scope="module")
def modules(browser: Browser) -> Iterator[Page]:
    """One page for every test: nothing that a pure module is asked changes what it says next."""
    page = browser.new_page()
    page.route(f"{ADDRESS}/**", _serve)
    page.goto(f"{ADDRESS}/")
    yield page
    page.close()


@pytest.fixture
def call(modules: Page) -> Call:
    """Calls a function that a module exports: `call("run-words", "percent", 0.5)`."""

    def called(module: str, name: str, *values: Any) -> Any:
        script = "async ([module, name, values]) => (await import(module))[name](...values)"
        return modules.evaluate(script, [f"./{module}.js", name, list(values)])

    return called


@pytest.fixture
def written(modules: Page) -> Callable[[str, list[float | None]], list[str]]:
    """Writes many numbers by one of the functions of `run-words`."""

    def write(name: str, numbers: list[float | None]) -> list[str]:
        script = """async ([name, all]) => {
            const write = (await import("./run-words.js"))[name];
            return all.map((one) => write(one));
        }"""
        texts: list[str] = modules.evaluate(script, [name, numbers])
        return texts

    return write


def told(*events: Event) -> Told:
    return [(seq, name_of(event), data_of(event)) for seq, event in enumerate(events, start=1)]


def folded(call: Call, events: Told) -> Data:
    history: Data = {"start": None, "result": None, "lastSeq": 0}
    history |= {"ticks": [], "epochs": [], "weights": []}
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
    assert (here.weights, here.result) == (there["weights"], there["result"])
    assert here.last_seq == there["lastSeq"]


RUN: list[Event] = [
    start_report(),
    tick_report(),
    tick_report(1.0),
    epoch_report(1),
    weights_report(1),
    tick_report(1.5),
]


def test_a_history_is_folded_as_the_server_folds_it(call: Call) -> None:
    assert_alike(call, told(*RUN, epoch_report(2, 0.3), result_report()))


@pytest.mark.parametrize("epoch", [0, 1])
def test_a_rewind_drops_the_same_points(call: Call, epoch: int) -> None:
    events = told(*RUN)
    assert_alike(call, [*events, (7, "rewind", {"epoch": epoch}), (8, "unheard-of", {})])


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
    assert [point["epoch"] for point in points] == [0.5, 1.5]


def test_only_the_figure_before_training_is_of_test_rows(call: Call) -> None:
    history = folded(call, told(*RUN))
    for at, accuracy in ((0, 0.5), (0.01, 0.7), (0.25, 0.7), (1, 0.8), (1.5, 0.7)):
        read = call("run-history", "reading", history, at)
        assert read["accuracy"] == pytest.approx(accuracy)
        words = call("run-words", "positionText", at, 2, read)
        assert ("on the test rows, before training" in words) == (at == 0)
        assert ("training accuracy" in words) == (at > 0)
        assert call("run-words", "readingWords", read)["of"] != ""


def test_the_training_curve_begins_after_the_first_batches(call: Call) -> None:
    history = folded(call, told(*RUN))
    assert call("run-history", "onCurve", history, 0)["accuracy"] == pytest.approx(0.7)
    untrained = folded(call, told(start_report()))
    assert call("run-history", "reading", untrained, 0)["ofTest"] is True
    assert call("run-history", "onCurve", untrained, 0) == {"loss": None, "accuracy": None}


def test_weights_move_with_the_playhead(call: Call) -> None:
    history = folded(call, told(*RUN))
    norms = [
        call("run-history", "layersAt", history, at)[0]["norm"] for at in (0, 0.25, 0.5, 1, 1.25)
    ]
    assert norms == pytest.approx([0, 0.05, 0.1, 0.2, 0.15])


HISTOGRAMS = [
    {"low": -0.5, "high": 0.5, "counts": [1, 3, 4, 2]},
    {"low": -1.0, "high": 0.75, "counts": [2, 2, 5, 1, 0]},
    {"low": 0.25, "high": 0.25, "counts": [0, 7]},
]


@pytest.mark.parametrize("before", HISTOGRAMS)
@pytest.mark.parametrize("now", [*HISTOGRAMS, None])
def test_a_spread_is_drawn_as_the_server_draws_it(call: Call, before: Data, now: Data) -> None:
    here, there = Spread.of("any", before, now), call("run-spreads", "spread", before, now)
    assert here is not None
    assert (here.low, here.high) == (there["low"], there["high"])
    for bars, drawn in ((here.before, there["before"]), (here.now, there["now"])):
        assert (bars and bars.path) == (drawn and drawn["path"])
        assert (bars and bars.fullest) == (drawn and pytest.approx(drawn["share"]))


def test_a_map_gives_the_changes_back(call: Call) -> None:
    (event,) = told(weights_report(levels=(127, -64, 0)))
    assert call("run-maps", "changes", event[2]) == pytest.approx([0.5, -64 / 127 / 2, 0.0])


def test_a_map_is_said_in_words(call: Call) -> None:
    start, drawn = data_of(start_report()), data_of(weights_report(levels=(0, 127, -64, 0)))
    drawn |= {"shape": [2, 2]}
    words = call("run-maps", "mapWords", drawn, start)
    assert "The largest rise, +0.5, is at input cell 0, unit cell 1." in words
    assert "The largest fall, about −0.25, is at input cell 1, unit cell 0." in words
    assert "Cells are counted from 0, along the inputs and along the units." in words
    assert "The map has 2 × 2 cells; each is the mean of several weights." in words


def picture(levels: Sequence[int], rows: int, columns: int) -> tuple[Data, Data]:
    """A map of the pixels of a picture, and the start of its run."""
    start = data_of(start_report())
    start["dataset"]["shape"] = [rows, columns]
    start["layers"][0]["shape"] = [rows * columns, 8]
    return data_of(weights_report(levels=levels)) | {"shape": [rows, columns]}, start


def test_a_map_of_pixels_says_where_the_change_is(call: Call) -> None:
    words = call("run-maps", "mapWords", *picture((0, 0, 0, 0, 10, 0, 0, 0, 127), 3, 3))
    assert "Of nine parts of the picture, the bottom right changed the most per pixel." in words
    assert "The largest change of a pixel’s weights is at row 2, column 2." in words
    assert "In 7 of 9 pixels there is no change, or one too small to show." in words


def test_a_turned_map_is_placed_as_the_weights_are(call: Call) -> None:
    """Thirty-two inputs and two units are drawn with the inputs across; the words do not turn."""
    start = data_of(start_report())
    start["layers"][0]["shape"] = [32, 2]
    levels = [0] * 64
    levels[26 * 2 + 1] = 127
    drawn = data_of(weights_report(levels=levels)) | {"shape": [32, 2]}
    words = call("run-maps", "mapWords", drawn, start)
    assert "The largest rise, +0.5, is at input 26, unit 1." in words
    assert "each is one weight. Inputs and units are counted from 0." in words


def test_parts_of_different_sizes_are_compared_per_pixel(call: Call) -> None:
    """The middle of 8 x 8 pixels has 4, a corner 9: a corner has the larger sum, not the change."""
    levels = [20 if (row < 3 and column < 3) else 0 for row in range(8) for column in range(8)]
    for cell in (27, 28, 35, 36):
        levels[cell] = 40
    words = call("run-maps", "mapWords", *picture(levels, 8, 8))
    assert "the middle changed the most per pixel" in words


def test_what_is_said_of_a_map_is_true_of_it(modules: Page) -> None:
    """A ring around the middle has its centre there, and nothing in it: only sums may speak."""
    draw = random.Random(11)  # noqa: S311  (a test's numbers, not a secret)
    maps = []
    for _ in range(200):
        rows, columns, most = draw.randint(3, 9), draw.randint(3, 9), draw.choice((2, 127))
        levels = [max(0, draw.randint(-most, most)) for _ in range(rows * columns)]
        maps.append((levels, rows, columns))
    script = """async (all) => {
        const { mapWords } = await import("./run-maps.js");
        return all.map(([map, start]) => mapWords(map, start));
    }"""
    told = modules.evaluate(script, [picture(*one) for one in maps])
    for (levels, rows, columns), words in zip(maps, told, strict=True):
        assert_true(levels, rows, columns, words)


def assert_true(levels: list[int], rows: int, columns: int, words: str) -> None:
    """Each sentence about a map, checked against the map itself."""
    still = f"In {levels.count(0)} of {rows * columns} pixels there is no change, or one too small"
    assert still in words
    alike = levels.count(max(levels))
    assert (f"is in {alike} cells that the map cannot tell apart" in words) == (alike > 1)
    row, column = map(int, re.search(r"row (\d+), column (\d+)", words).groups())  # type: ignore[union-attr]
    assert levels[row * columns + column] == max(levels)
    parts: dict[str, list[int]] = {}
    for cell, level in enumerate(levels):
        down = ("top", "middle", "bottom")[int(3 * (cell // columns + 0.5) / rows)]
        across = ("left", "middle", "right")[int(3 * (cell % columns + 0.5) / columns)]
        name = "middle" if down == across else f"{down} {across}".replace("middle ", "")
        parts.setdefault(name.replace(" middle", ""), []).append(level)
    found = re.search(r"the ([a-z ]+) changed the most per pixel", words)
    means = sorted(((mean(part), name) for name, part in parts.items()), reverse=True)
    (most, first), (second, _) = means[:2]
    # A level is a rounded change: means that are closer than that may be in another order.
    assert (found[1] if found else None) == (first if most - second >= 1 else None)


def test_the_map_is_that_of_the_last_whole_epoch(call: Call) -> None:
    reports = (start_report(), weights_report(1), weights_report(2))
    history = folded(call, told(*reports))
    found = [call("run-history", "mapAt", history, "hidden_1", at) for at in (0.9, 1, 1.9, 2)]
    assert [one and one["epoch"] for one in found] == [None, 1, 1, 2]


def test_the_prediction_moves_with_the_playhead(call: Call) -> None:
    history = folded(call, told(start_report(), epoch_report(1), result_report()))
    shown = [
        call("run-history", "predictionAt", {"history": history, "at": at, "atEnd": end})
        for at, end in ((0.5, False), (1, False), (1, True))
    ]
    assert [prediction["probability"] for prediction in shown] == [0.6, 0.7, 0.9]


def test_the_gradient_keeps_to_powers_of_ten(call: Call) -> None:
    history = folded(call, told(*RUN))
    assert call("run-curves", "gradientRange", history) == [1, 10]
    history["ticks"][0]["gradient_norm"] = None
    history["ticks"][1]["gradient_norm"] = 0.02
    assert call("run-curves", "gradientRange", history) == [0.01, 10]


def test_figures_are_written_as_the_server_writes_them(
    written: Callable[[str, list[float | None]], list[str]],
) -> None:
    draw = random.Random(7)  # noqa: S311  (a test's numbers, not a secret)
    ties = [k / 400 for k in range(-8, 400)] + [k / 16 for k in range(-40, 40)]
    numbers: list[float | None] = [
        *ties,
        *(draw.uniform(-3, 3) for _ in range(200)),
        0.0,
        1.0,
        None,
    ]
    numbers += [draw.uniform(-1, 1) * 10.0 ** draw.randint(2, 300) for _ in range(200)]
    numbers += [1_250_000.0, 999_999.5, 1000.5, 1001.5, 123_456.5, 840514791909.134, 1e21, 1e308]
    numbers += [-0.0004, -0.0005, -0.0006, -0.0, -1e-300]
    numbers += [stored / 10_000 for stored in range(10_001)]  # a layer's values have four digits
    assert written("percent", numbers) == [figures.percent(number) for number in numbers]
    assert written("decimal", numbers) == [figures.decimal(number) for number in numbers]


PLAYING = {"at": 1.0, "playing": True, "follow": False, "speed": 1}
PAUSED = PLAYING | {"playing": False}
FOLLOWING = PAUSED | {"follow": True}


@pytest.mark.parametrize(
    ("player", "seen", "said"),
    [
        (PLAYING, False, "waits until the player is on the screen"),
        (PLAYING, True, "playing back the recording"),
        (PAUSED, False, "paused"),
    ],
)
def test_a_playback_off_the_screen_says_that_it_waits(
    call: Call, player: Data, *, seen: bool, said: str
) -> None:
    assert call("run-words", "modeText", player, 5, True, seen) == said


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


def test_the_answer_has_the_probability_of_its_bar(modules: Page) -> None:
    """Also where an older history has it twice: in four digits among the layers, and whole."""
    script = """async (view) => {
        const { drawWatched } = await import("./run-watched.js");
        document.body.innerHTML = `<div data-run-watched><b data-run-answer></b>
            <p data-run-class="0"><i data-run-bar></i><b data-run-probability></b></p>
            <p data-run-class="1"><i data-run-bar></i><b data-run-probability></b></p></div>`;
        drawWatched(document, view);
        return [...document.querySelectorAll("b")].map((one) => one.textContent);
    }"""
    start = data_of(start_report())
    told = start["prediction"] | {"probability": 0.76251}
    told["layers"][-1]["values"] = [0.2375, 0.7625]
    history: Data = {"start": start | {"prediction": told}, "epochs": [], "result": None}
    answer, _, bar = modules.evaluate(script, {"history": history, "at": 0, "atEnd": False})
    assert answer == f"class 1 with a probability of {bar}"
    assert bar == figures.percent(0.7625)
