"""Describes each epoch of a trace by rule, so that text and numbers agree. Pure.

Differences are taken between the figures as the table shows them, to their last digit.
"""

from itertools import pairwise

from training_jobs.figures import LARGE, decimal, points_between
from training_jobs.history import Data

FIRST = "The first epoch: its figures are means taken while the weights move."
NO_NUMBER = "The loss is not a number."


def observe(epochs: list[Data]) -> list[str]:
    """One observation for each epoch, in comparison with the epoch before.

    The untrained model is measured on other rows and with weights that stand still, so the first
    epoch is compared with nothing.
    """
    seen = [_loss(before, after) + _accuracy(before, after) for before, after in pairwise(epochs)]
    return [FIRST, *seen][: len(epochs)]


def _loss(before: Data, after: Data) -> str:
    was, now = before["loss"], after["loss"]
    if was is None or now is None:
        return NO_NUMBER
    if decimal(was) == decimal(now):
        return f"The loss stays at {decimal(now)}"
    falls = "falls" if now < was else "rises"
    if max(was, now) >= LARGE:
        return f"The loss {falls} from {decimal(was)} to {decimal(now)}"
    return f"The loss {falls} by {decimal(abs(round(was, 3) - round(now, 3)))}"


def _accuracy(before: Data, after: Data) -> str:
    if None in (before["loss"], after["loss"], before["accuracy"], after["accuracy"]):
        return ""
    points = points_between(before["accuracy"], after["accuracy"])
    if points == 0:
        return "; accuracy unchanged."
    return f"; accuracy {'up' if points > 0 else 'down'} {abs(points):.1f} points."
