"""What each epoch of a trace shows, said in words by rule, so that text and numbers agree. Pure."""

from itertools import pairwise

from training_jobs.history import Data

FIRST = "The first epoch: its figures are means taken while the weights move, like those below."


def observe(epochs: list[Data]) -> list[str]:
    """One observation for each epoch, in comparison with the epoch before.

    The untrained model is measured on other rows and with weights that stand still, so the first
    epoch is compared with nothing.
    """
    steps = list(pairwise(epochs))
    falls = [before["loss"] - after["loss"] for before, after in steps]
    gains = [after["accuracy"] - before["accuracy"] for before, after in steps]
    seen = [_observation(fall, gain, falls) for fall, gain in zip(falls, gains, strict=True)]
    return [FIRST, *seen][: len(epochs)]


def _observation(fall: float, gained: float, falls: list[float]) -> str:
    if fall <= 0:
        return f"The loss rose by {-fall:.3f}: a step can overshoot."
    if fall == max(falls):
        return f"The largest fall of the loss between two epochs: {fall:.3f}."
    if fall < max(falls) / 10:
        return f"The loss hardly falls any more ({fall:.3f}); accuracy {_change(gained)}."
    return f"The loss falls by {fall:.3f}; accuracy {_change(gained)}."


def _change(gained: float) -> str:
    points = round(gained * 100, 1)
    if points == 0:
        return "unchanged"
    return f"{'up' if points > 0 else 'down'} {abs(points):.1f} points"
