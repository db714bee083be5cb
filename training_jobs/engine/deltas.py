"""How far the weights have moved, and which of them can move at all."""

import keras
import numpy as np
from numpy.typing import NDArray

from training_jobs.engine.progress import LayerState, WeightSample

Floats = NDArray[np.float32]
SAMPLED_ROWS = 3
SAMPLED_COLUMNS = 2


class Kernels:
    """The kernels of a model's layers as they were when this was made, to compare with."""

    def __init__(self, model: keras.Sequential, x: Floats) -> None:
        """`x` holds some training rows; they tell which inputs of each layer are alive."""
        self.layers = [layer for layer in model.layers if layer.weights]
        self.before: list[Floats] = [layer.kernel.numpy() for layer in self.layers]
        self.places = list(self._live_places(x))

    def _live_places(self, x: Floats) -> "list[list[tuple[int, int]]]":
        # A weight behind an input that is always zero has a zero gradient and never moves, so a
        # sample from the kernel's corner would show "no change"; nor does one into a unit that
        # never fires. Take the most active inputs and units.
        places, signal = [], x
        for layer in self.layers:
            rows = _liveliest(signal, SAMPLED_ROWS)
            signal = layer(signal).numpy()
            columns = _liveliest(signal, SAMPLED_COLUMNS)
            places.append([(row, column) for row in rows for column in columns])
        return places

    def state(self, *, samples: bool = False) -> tuple[LayerState, ...]:
        """Each layer's change since the start; with `samples`, some weights as they are now."""
        return tuple(self._of(number, samples) for number in range(len(self.layers)))

    def _of(self, number: int, samples: bool) -> LayerState:
        layer, before = self.layers[number], self.before[number]
        now: Floats = layer.kernel.numpy()
        change = float(np.linalg.norm(now - before))
        return LayerState(
            name=layer.name,
            shape=before.shape,
            delta_norm=change,
            relative_delta=change / float(np.linalg.norm(before)),
            samples=tuple(WeightSample(place, float(now[place])) for place in self.places[number])
            if samples
            else (),
        )


def _liveliest(signal: Floats, count: int) -> list[int]:
    """The columns of `signal`, (rows, columns), that are the largest on average."""
    activity = np.abs(signal).mean(axis=0)
    return sorted(int(column) for column in np.argsort(-activity, kind="stable")[:count])
