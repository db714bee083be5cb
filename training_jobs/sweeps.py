"""A learning-rate sweep: the accuracy at each rate and how far the seeds spread. With its chart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean
from typing import Any

from training_jobs.comparisons import final_figures
from training_jobs.figures import percent
from training_jobs.groups import learning_rates
from training_jobs.models import Run
from training_jobs.run_titles import title_of

# One unit is about one pixel at the size at which a phone shows the chart.
WIDTH, HEIGHT = 360, 240
LEFT, RIGHT, TOP, BOTTOM = 54, 340, 16, 186
# Per cent: an axis that begins above it is short enough for a line every ten.
HALF = 50


@dataclass(frozen=True)
class Rate:
    """The runs at one learning rate; accuracies are fractions on the test rows."""

    rate: float
    runs: list[Run]
    accuracies: list[float]

    @property
    def mean(self) -> float | None:
        """The mean over the seeds that have ended; None while none has."""
        return mean(self.accuracies) if self.accuracies else None

    @property
    def is_whole(self) -> bool:
        """Whether every run has a result."""
        return len(self.accuracies) == len(self.runs)

    @property
    def waiting(self) -> bool:
        """Whether some seed may still bring a result."""
        return any(run.is_active for run in self.runs)

    @property
    def shown_mean(self) -> float:
        """The mean in per cent as it is shown."""
        return round((self.mean or 0.0) * 100, 1)

    @property
    def low(self) -> float | None:
        return min(self.accuracies, default=None)

    @property
    def high(self) -> float | None:
        return max(self.accuracies, default=None)

    @property
    def spread(self) -> float | None:
        """The distance from the worst seed to the best; None for fewer than two."""
        ends = self.low, self.high
        if len(self.accuracies) < 2 or ends[0] is None or ends[1] is None:  # noqa: PLR2004
            return None
        return ends[1] - ends[0]

    @property
    def missing(self) -> str:
        """How many runs ended without a result and how, such as “2 diverged, 1 cancelled”."""
        return missing_words(self.runs)


@dataclass(frozen=True)
class Place:
    """Where a rate stands in the chart: its seeds, their ends, and their mean."""

    x: float
    label: str
    seeds: list[float]
    mean: float | None

    @property
    def left(self) -> float:
        """Where the dash that marks the mean begins."""
        return self.x - 9

    @property
    def highest(self) -> float:
        return min(self.seeds)

    @property
    def lowest(self) -> float:
        return max(self.seeds)


@dataclass(frozen=True)
class Sweep:
    """All that the page shows."""

    runs: list[Run]
    rates: list[Rate]

    @property
    def experiment(self) -> Any:
        return self.runs[0].experiment

    @property
    def title(self) -> str:
        """What is swept: the experiment, unless its plan is another one by now."""
        experiment = self.experiment
        swept = self.runs[0].plan
        return title_of(swept, experiment.title, experiment.plan, apart={"learning_rate"})

    @property
    def done(self) -> int:
        return sum(not run.is_active for run in self.runs)

    @property
    def is_active(self) -> bool:
        return self.done < len(self.runs)

    @property
    def seeds(self) -> list[int]:
        return sorted({run.plan["seed"] for run in self.runs})

    @property
    def best(self) -> list[Rate]:
        """The rates with the highest mean, as it is shown, of those with a result for every seed.

        A rate at which runs diverge must not win by the seeds that did not.
        """
        whole = [rate for rate in self.rates if rate.is_whole]
        highest = max((rate.shown_mean for rate in whole), default=0.0)
        return [rate for rate in whole if rate.shown_mean == highest]

    @property
    def verdict(self) -> str:
        """What the ended runs say, and nothing that a seed without a result could overturn."""
        diverged = any(run.has_diverged for run in self.runs)
        how = f": {missing_words(self.runs)}" if diverged else ""
        ended = f"All {len(self.runs)} runs have ended{how}."
        if not any(rate.accuracies for rate in self.rates):
            return ended if diverged else "All runs have ended without a result."
        if not self.best:
            return f"{ended} At no learning rate does every seed have a result."
        *others, last = [f"{rate.rate:g}" for rate in self.best]
        rates = f"{', '.join(others)} and {last}" if others else last
        mean_of = percent(self.best[0].mean)
        said = f"{ended} Highest mean of the seeds: {mean_of}, at learning rate {rates}."
        left_out = sum(not rate.is_whole for rate in self.rates)
        return f"{said} Rates without a result for every seed do not count." if left_out else said

    @cached_property
    def floor(self) -> float:
        """Where the axis of accuracies begins: a tenth below the worst, so that spread is seen."""
        worst = min((a for rate in self.rates for a in rate.accuracies), default=0.0)
        return max(0.0, int(worst * 10 - 0.5) / 10)

    def _y(self, accuracy: float) -> float:
        share = (accuracy - self.floor) / (1 - self.floor)
        return round(BOTTOM - share * (BOTTOM - TOP), 1)

    @property
    def places(self) -> list[Place]:
        """Rates stand at equal distances, as on a logarithmic axis."""
        gap = (RIGHT - LEFT) / len(self.rates)
        return [
            Place(
                round(LEFT + (number + 0.5) * gap, 1),
                f"{rate.rate:g}",
                [self._y(accuracy) for accuracy in rate.accuracies],
                None if rate.mean is None else self._y(rate.mean),
            )
            for number, rate in enumerate(self.rates)
        ]

    @property
    def path(self) -> str:
        """The line through the means."""
        return " ".join(f"{p.x},{p.mean}" for p in self.places if p.mean is not None)

    @property
    def y_ticks(self) -> list[tuple[str, float]]:
        """(label, y) of each line of the grid: every ten per cent, or every twenty."""
        lowest = round(self.floor * 100)
        step = 10 if lowest >= HALF else 20
        percents = range(100, lowest - 1, -step)
        return [(f"{number}\N{NO-BREAK SPACE}%", self._y(number / 100)) for number in percents]

    @property
    def box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def frame(self) -> dict[str, int]:
        """The chart's edges and middle."""
        return {"left": LEFT, "right": RIGHT, "bottom": BOTTOM, "middle": (LEFT + RIGHT) // 2}


def missing_words(runs: Iterable[Run]) -> str:
    """How many of these ended without a result, by how: at a rate too high, runs diverge."""
    resultless = [run for run in runs if not run.is_active and run.state != Run.State.SUCCEEDED]
    counts = Counter(run.told_state for run in resultless)
    return ", ".join(f"{count} {state}" for state, count in counts.most_common())


def sweep_of(runs: Sequence[Run]) -> Sweep:
    """The sweep that these runs are."""
    return Sweep(list(runs), [_rate(rate, runs) for rate in learning_rates(runs)])


def _rate(rate: float, runs: Sequence[Run]) -> Rate:
    mine = [run for run in runs if run.plan["learning_rate"] == rate]
    results = [final_figures(run) for run in mine]
    return Rate(rate, mine, [result["test_accuracy"] for result in results if result])
