"""What each epoch of a trace shows, said in words by rule, so that text and numbers agree. Pure."""

from itertools import pairwise

from training_jobs.history import Data


def observe(epochs: list[Data], loss_before: float, accuracy_before: float) -> list[str]:
    """One observation for each epoch; the untrained model's figures stand before the first."""
    losses = [loss_before, *(epoch["loss"] for epoch in epochs)]
    falls = [before - after for before, after in pairwise(losses)]
    accuracies = [accuracy_before, *(epoch["accuracy"] for epoch in epochs)]
    return [
        _observation(number, falls, accuracies[number + 1] - accuracies[number])
        for number in range(len(epochs))
    ]


def _observation(number: int, falls: list[float], gained: float) -> str:
    fall = falls[number]
    if fall <= 0:
        return f"The loss rose by {-fall:.3f}: a step can overshoot."
    if fall == max(falls):
        return f"The largest fall of the loss in this run: {fall:.3f}."
    if fall < max(falls) / 10:
        return f"The loss hardly falls any more ({fall:.3f}); accuracy {_change(gained)}."
    return f"The loss falls by {fall:.3f}; accuracy {_change(gained)}."


def _change(gained: float) -> str:
    points = round(gained * 100, 1)
    if points == 0:
        return "unchanged"
    return f"{'up' if points > 0 else 'down'} {abs(points):.1f} points"
