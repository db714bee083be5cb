"""The geometry of the small charts on lesson pages. Pure; templates draw what is computed here.

One unit is about one pixel at the size at which a phone shows the chart.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 344, 20, 176
BAR, GAP = 8, 2
BARS_HEIGHT = 100
# The share of an axis that a label needs.
LEAST_GAP = 0.1

Format = Callable[[float], str]


@dataclass(frozen=True)
class Mark:
    """A place in the chart and what is written there."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Line:
    """One curve over the epochs; its first point is the untrained network."""

    points: list[Mark]
    epochs: list[str]
    x_ticks: list[Mark]
    y_ticks: list[Mark]
    box: str = f"0 0 {WIDTH} {HEIGHT}"
    left: int = LEFT
    right: int = RIGHT
    middle: int = (LEFT + RIGHT) // 2
    bottom: int = BOTTOM

    @property
    def path(self) -> str:
        return " ".join(f"{point.x},{point.y}" for point in self.points)

    @property
    def told(self) -> str:
        """The curve for those who hear it."""
        told = zip(self.epochs, self.points, strict=True)
        return ", ".join(f"epoch {at} {point.label}" for at, point in told)


@dataclass(frozen=True)
class Bar:
    """One value as a bar that stands on the zero line, or hangs from it."""

    x: float
    y: float
    height: float
    value: float


@dataclass(frozen=True)
class Bars:
    """Values beside each other on one scale."""

    bars: list[Bar]
    width: int
    zero: float
    height: int = BARS_HEIGHT
    bar_width: int = BAR


def line(
    values: Sequence[float],
    top: float,
    written: Format,
    tick: Format,
    epochs: Sequence[float] | None = None,
) -> Line:
    """A curve on a scale from 0 to `top`: a value at each of `epochs`, or at 0, 1, 2 and so on."""
    at = range(len(values)) if epochs is None else epochs
    end = at[-1] or 1

    def place_x(epoch: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * epoch / end, 1)

    def place_y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * min(value, top) / top, 1)

    return Line(
        points=[
            Mark(place_x(epoch), place_y(value), written(value))
            for epoch, value in zip(at, values, strict=True)
        ],
        epochs=[_short(epoch) for epoch in at],
        x_ticks=[Mark(place_x(epoch), BOTTOM, _short(epoch)) for epoch in _ticks(at[-1])],
        y_ticks=[Mark(LEFT, place_y(top * i / 4), tick(top * i / 4)) for i in range(5)],
    )


def _short(epoch: float) -> str:
    return f"{round(epoch, 2):g}"


def _ticks(end: float) -> list[float]:
    """The whole epochs up to `end`, and `end` itself where it is not too near to the last."""
    whole: list[float] = [*range(math.floor(end) + 1)]
    if end == whole[-1]:
        return whole
    room = end * LEAST_GAP
    return [*(epoch for epoch in whole if end - epoch > room), end]


def round_top(highest: float) -> float:
    """The end of a scale that holds `highest`: 1, 2, 4, 6 or 8 times a power of ten."""
    if highest <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(highest))
    return next(unit * step for step in (1, 2, 4, 6, 8, 10) if highest <= unit * step)


def bars(values: Sequence[float]) -> Bars:
    """Bars on a scale from 0 to 1, wider where the values need it: a share looks like a share."""
    high, low = max(1.0, *values), min(0.0, *values)
    unit = BARS_HEIGHT / (high - low)
    zero = round(high * unit, 1)
    return Bars(
        bars=[
            Bar(
                x=number * (BAR + GAP),
                y=round(zero - max(value, 0.0) * unit, 1),
                height=round(abs(value) * unit, 1),
                value=value,
            )
            for number, value in enumerate(values)
        ],
        width=len(values) * (BAR + GAP) - GAP,
        zero=zero,
    )
