"""How a layer's weights are spread, before training and now. Pure; run-spreads.js is its twin.

Both histograms stand on one axis. Their bins have widths of their own, so that it is the area of a
bar, and not its height, that counts weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Histogram = Mapping[str, Any]
# The box of the drawing.
WIDTH, HEIGHT = 240, 100


@dataclass(frozen=True)
class Bars:
    """One histogram: its outline in the box, and its figures in numbers."""

    path: str
    low: float
    high: float
    fullest_from: float
    fullest_to: float
    fullest: float

    @classmethod
    def of(cls, histogram: Histogram, low: float, high: float, densest: float) -> "Bars":
        counts, width = histogram["counts"], _bin_width(histogram)
        tallest = counts.index(max(counts))
        start = histogram["low"] + tallest * width
        return cls(
            _outline(histogram, low, high, densest),
            histogram["low"],
            histogram["high"],
            start,
            start + width,
            counts[tallest] / (sum(counts) or 1),
        )


@dataclass(frozen=True)
class Spread:
    """A layer's histograms on one axis; `now` is None until the first epoch is whole."""

    name: str
    low: float
    high: float
    before: Bars
    now: Bars | None

    @classmethod
    def of(cls, name: str, before: Histogram | None, now: Histogram | None) -> "Spread | None":
        """The drawing; None for a history that has no histograms."""
        if before is None:
            return None
        both = [before, now] if now else [before]
        low, high = min(one["low"] for one in both), max(one["high"] for one in both)
        densest = max(max(one["counts"]) / _bin_width(one) for one in both) or 1
        drawn = [Bars.of(one, low, high, densest) for one in both]
        return cls(name, low, high, drawn[0], drawn[1] if now else None)


def _bin_width(histogram: Histogram) -> float:
    # Weights that are all alike have a range of no width.
    span: float = histogram["high"] - histogram["low"]
    return (span or 1) / len(histogram["counts"])


def _outline(histogram: Histogram, low: float, high: float, densest: float) -> str:
    """The path of a staircase over the bins, closed along the ground."""
    width, scale = _bin_width(histogram), WIDTH / ((high - low) or 1)
    start = (histogram["low"] - low) * scale
    steps = [f"M{start:.1f} {HEIGHT}"]
    for number, count in enumerate(histogram["counts"], start=1):
        top = HEIGHT * (1 - count / width / densest)
        steps.append(f"V{top:.1f}H{start + number * width * scale:.1f}")
    return "".join([*steps, f"V{HEIGHT}Z"])
