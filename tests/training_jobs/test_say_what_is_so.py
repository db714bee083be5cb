"""Sentences that are made from figures are true of the figures beside them, whatever these are."""

import math
import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import example, given
from hypothesis import strategies as st

from training_jobs.figures import NONE, decimal, percent, points_between
from training_jobs.foresight import Foresight
from training_jobs.history import Data, fold
from training_jobs.models import Run
from training_jobs.observations import FIRST, NO_NUMBER, observe
from training_jobs.sweeps import Rate, Sweep

SHARES = st.floats(0, 1)
LOSSES = st.one_of(st.floats(0, 5), st.floats(0, 1e15), st.sampled_from([0.3004, 0.2996, 0.3]))
EPOCHS = st.lists(
    st.fixed_dictionaries({"loss": st.one_of(LOSSES, st.none()), "accuracy": SHARES}), max_size=6
)
SAID = re.compile(
    r"The loss (?:(stays at) (\S+)|(falls|rises) by (\S+)|(falls|rises) from (\S+) to (\S+))"
    r"; accuracy (unchanged|(?:up|down) \S+ points)\."
)


def number(written: str) -> float:
    """What a reader reads in a figure."""
    return float(written.rstrip("%").rstrip().replace(",", "").replace("−", "-"))


@given(EPOCHS)
def test_an_observation_says_what_the_figures_beside_it_say(epochs: list[dict[str, Any]]) -> None:
    told = observe(epochs)
    assert len(told) == len(epochs)
    assert told[:1] == [FIRST][: len(epochs)]
    for (before, after), said in zip(pairwise(epochs), told[1:], strict=True):
        if before["loss"] is None or after["loss"] is None:
            assert said == NO_NUMBER
            continue
        found = SAID.fullmatch(said)
        assert found, said
        was, now = number(decimal(before["loss"])), number(decimal(after["loss"]))
        if found[1]:
            assert was == now == number(found[2])
        elif found[3]:
            assert (now < was) == (found[3] == "falls")
            assert abs(was - now) == pytest.approx(number(found[4]), abs=1e-9)
        else:
            assert (number(found[6]), number(found[7])) == (was, now)
            assert (now < was) == (found[5] == "falls")
        gained = number(percent(after["accuracy"])) - number(percent(before["accuracy"]))
        points = {"up": 1, "down": -1, "unchanged": 0}[found[8].split()[0]]
        size = number(found[8].split()[1]) if points else 0.0
        assert gained == pytest.approx(points * size, abs=1e-9)
        assert points == 0 or size > 0


@given(SHARES, SHARES)
def test_a_prediction_is_off_by_the_difference_of_the_figures_shown(
    predicted: float, reached: float
) -> None:
    shown = number(percent(reached)) - number(percent(predicted))
    assert points_between(predicted, reached) == pytest.approx(shown, abs=1e-9)


@given(st.floats(allow_nan=True, allow_infinity=True))
@example(1.75e308)
def test_a_number_is_written_so_that_it_can_be_read(value: float) -> None:
    written = decimal(value)
    if not math.isfinite(value):
        assert written == NONE
        assert percent(value) == NONE
        return
    assert len(written) <= len("-1.8e308")
    # Not as a float: the largest of them, rounded to two digits, are more than a float holds.
    exact = Decimal(value)
    off = abs(Decimal(written.replace(",", "").replace("−", "-")) - exact)
    assert off <= abs(exact) * Decimal("0.06") + Decimal("0.0006")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (840514791909.134, "8.4e11"),
        (1_250_000.0, "1.3e6"),
        (-123456.7, "−123,457"),
        (999.4, "999.400"),
        (0.1234, "0.123"),
    ],
)
def test_what_nearly_diverged_has_few_digits(value: float, written: str) -> None:
    assert decimal(value) == written


def test_so_it_is_with_per_cents() -> None:
    assert percent(7856189359.025) == "7.9e11\N{NO-BREAK SPACE}%"
    assert percent(41.2) == "4,120\N{NO-BREAK SPACE}%"


RATES = st.lists(
    st.lists(st.one_of(SHARES, st.none()), min_size=3, max_size=3), min_size=1, max_size=4
)


@given(RATES)
def test_the_verdict_on_a_sweep_holds_whatever_missing_seeds_would_have_done(
    results: list[list[float | None]],
) -> None:
    rates = [
        Rate(
            10.0**-place,
            [Run(plan={}, state=Run.State.FAILED if one is None else "succeeded") for one in seeds],
            [one for one in seeds if one is not None],
        )
        for place, seeds in enumerate(results)
    ]
    said = Sweep([run for rate in rates for run in rate.runs], rates).verdict
    whole = [rate for rate, seeds in zip(rates, results, strict=True) if None not in seeds]
    if not whole:
        nothing = all(one is None for seeds in results for one in seeds)
        assert said.endswith(
            "ended without a result." if nothing else "does every seed have a result."
        )
        return
    told, named = re.search(r"seeds: (.*), at learning rate ([^.]*(?:\.\d[^.]*)*)\.", said).groups()  # type: ignore[union-attr]
    winners = {f"{rate.rate:g}" for rate in whole if percent(rate.mean) == told}
    assert set(re.split(r", | and ", named)) == winners
    assert all(number(percent(rate.mean)) <= number(told) for rate in whole)
    assert ("do not count" in said) == (len(whole) < len(rates))


@given(st.floats(-1e15, 1e15), st.integers(0, 4))
@example(-0.0004, 3)
@example(-0.0, 1)
def test_no_figure_has_a_hyphen_for_a_minus_nor_a_minus_before_a_zero(
    value: float, digits: int
) -> None:
    written = decimal(value, digits)
    assert "-" not in written
    assert written.startswith("−") == (number(written) < 0)


def verdict(said: Foresight) -> str:
    page = render_to_string("training_jobs/_run_verdict.html", {"said": said})
    return " ".join(re.sub("<[^>]*>", "", page).split())


def chance_of(hits: range, rows: int, share: float) -> float:
    """The exact probability that one of these numbers of rows is right, by the binomial theorem."""
    return math.fsum(
        math.comb(rows, k) * share**k * (1 - share) ** (rows - k) for k in hits if 0 <= k <= rows
    )


@st.composite
def outcomes(draw: st.DrawFn) -> Foresight:
    """Predictions in steps of a tenth of a percent, as they are asked for; many near the end."""
    rows = draw(st.integers(1, 1_000))
    right = draw(st.one_of(st.integers(0, rows), st.integers(max(rows - 4, 0), rows)))
    predicted = draw(st.one_of(st.integers(0, 1_000), st.integers(980, 1_000)))
    return Foresight(predicted / 1_000, right / rows, rows)


@given(outcomes())
@example(Foresight(0.92, 324 / 360, 360))
@example(Foresight(0.99, 1.0, 200))
@example(Foresight(0.999, 1.0, 200))
@example(Foresight(1.0, 199 / 200, 200))
@example(Foresight(0.001, 1 / 200, 200))
@example(Foresight(1.0, 0.0, 1))
def test_a_prediction_is_called_wrong_only_where_the_test_rows_can_tell(said: Foresight) -> None:
    words = verdict(said)
    shown = number(percent(said.measured)) - number(percent(said.predicted))
    told = re.search(r"(\d+\.\d) points (above|below|from)", words)
    assert told
    assert number(told[1]) == pytest.approx(abs(shown), abs=1e-9)
    assert told[2] == "from" or (told[2] == "above") == (shown > 0)
    # A network that is right as often as was predicted, to what the prediction is rounded to, is
    # off by so much in fewer than one of forty cases, on either side.
    right = round(said.measured * said.rows)
    nearest = min(max(said.measured, said.predicted - 0.0005), said.predicted + 0.0005)
    further = range(right, said.rows + 1) if shown > 0 else range(right + 1)
    by_chance = chance_of(further, said.rows, nearest)
    if abs(shown) > 1e-9 and abs(by_chance - 0.025) > 1e-9:
        assert (told[2] == "from") == (by_chance > 0.025)


@given(SHARES, SHARES, st.integers(1, 20_000))
def test_a_verdict_says_the_difference_of_the_figures_shown(
    predicted: float, measured: float, rows: int
) -> None:
    said = verdict(Foresight(predicted, measured, rows))
    shown = number(percent(measured)) - number(percent(predicted))
    told = re.search(r"(\d+\.\d) points (above|below|from)", said)
    assert told
    assert number(told[1]) == pytest.approx(abs(shown), abs=1e-9)
    assert told[2] == "from" or (told[2] == "above") == (shown > 0)


def test_the_three_verdicts_on_a_prediction() -> None:
    assert [verdict(Foresight(predicted, 0.9, 360)) for predicted in (0.92, 0.8, 0.97)] == [
        (
            "Well predicted: 2.0 points from the outcome, which is within the margin of error of"
            " 360 test rows."
        ),
        "It came out 10.0 points above your prediction. What made the difference?",
        "It came out 7.0 points below your prediction. What held it back?",
    ]
    assert verdict(Foresight(0.92, 0.9, 10_000)).startswith("It came out 2.0 points below")
    # Every row right, where two were expected to be wrong: chance gives that in 13 of 100 cases.
    assert verdict(Foresight(0.99, 1.0, 200)).startswith("Well predicted: 1.0 points")


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=10))
@example([0.76251, 0.23749])
def test_the_answer_and_its_bar_have_one_probability(output: list[float]) -> None:
    """An older history has the answer's probability unrounded, too."""
    values = [round(share, 4) for share in output]
    answer = output.index(max(output))
    told: Data = {"predicted": answer, "probability": max(output), "actual": answer}
    told["layers"] = [{"name": "output", "size": len(values), "values": values, "zeros": 0}]
    history = fold([(1, "start", {"prediction": told})])
    [watched], last = history.watched, history.last_prediction
    assert last is not None
    shown = {percent(one) for one in (watched.probability, watched.of_actual, last["probability"])}
    assert shown == {percent(values[answer])}
