"""How far the weights have moved, and which of them can move at all."""

import base64
import hashlib
import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training_jobs.engine.library import keras
from training_jobs.engine.programs import Program
from training_jobs.engine.progress import Histogram, LayerState, Weights, WeightSample

Floats = NDArray[np.float32]
SAMPLED_ROWS = 3
SAMPLED_COLUMNS = 2
HISTOGRAM_BINS = 24
# A snapshot is drawn in a corner of a page: more cells than this nobody can see, and with these it
# stays under 4 kB on the wire.
MOST_CELLS = 2_400
LEVELS = 127


class Kernels:
    """The kernels of a model's layers as they were when this was made, to compare with."""

    def __init__(self, program: Program, x: Floats) -> None:
        """`x` holds some training rows; they tell which inputs of each layer are alive."""
        self.model = program.model
        self.layers = [layer for layer in self.model.layers if layer.weights]
        self.before: list[Floats] = [self._flat(layer) for layer in self.layers]
        self.norms = [float(np.linalg.norm(kernel)) for kernel in self.before]
        self.places = list(self._live_places([x, *program.layer_outputs(x)]))

    def _flat(self, layer: keras.Layer) -> Floats:
        """The kernel as a matrix (inputs, units); a filter's window counts as its inputs."""
        kernel: Floats = layer.kernel.numpy()
        return kernel.reshape(-1, kernel.shape[-1])

    def _live_places(self, signals: list[Floats]) -> Iterator[list[tuple[int, int]]]:
        # A weight behind an input that is always zero has a zero gradient and never moves, so a
        # sample from the kernel's corner would show "no change"; nor does one into a unit that
        # never fires. Take the most active inputs and units.
        for layer, (before, signal) in zip(self.model.layers, pairwise(signals), strict=True):
            if layer.weights:
                # A filter's window meets every pixel, so all its places are alive.
                dense = isinstance(layer, keras.layers.Dense)
                rows = _liveliest(before, SAMPLED_ROWS) if dense else list(range(SAMPLED_ROWS))
                columns = _liveliest(signal, SAMPLED_COLUMNS)
                yield [(row, column) for row in rows for column in columns]

    def state(self, *, samples: bool = False, histograms: bool = False) -> tuple[LayerState, ...]:
        """Each layer's change since the start; on request some weights, and how all are spread."""
        return tuple(self._of(number, samples, histograms) for number in range(len(self.layers)))

    def _of(self, number: int, samples: bool, histograms: bool) -> LayerState:
        layer, before = self.layers[number], self.before[number]
        now = self._flat(layer)
        change = now - before
        norm = float(np.linalg.norm(change))
        return LayerState(
            name=layer.name,
            shape=tuple(layer.kernel.shape),
            delta_norm=norm,
            relative_delta=norm / self.norms[number],
            moved=np.count_nonzero(change) / change.size,
            samples=tuple(
                WeightSample(place, float(now[place])) for place in self.places[number] if samples
            ),
            histogram=_histogram(now) if histograms else None,
        )

    def snapshots(self, epoch: int, shape: tuple[int, ...]) -> Iterator[Weights]:
        """A small map of each layer's change: for pictures, the first folded to their `shape`."""
        for number, layer in enumerate(self.layers):
            delta = self._flat(layer) - self.before[number]
            folded = number == 0 and len(shape) > 1 and len(delta) == math.prod(shape)
            drawn = np.linalg.norm(delta, axis=1).reshape(shape) if folded else _coarse(delta)
            yield _quantised(epoch, layer.name, drawn)

    def digest(self) -> str:
        """sha256 of every weight, biases included, in the model's order."""
        total = hashlib.sha256()
        for value in self.model.get_weights():
            total.update(np.ascontiguousarray(value).tobytes())
        return total.hexdigest()


def _histogram(values: Floats) -> Histogram:
    counts, edges = np.histogram(values, bins=HISTOGRAM_BINS)
    return Histogram(float(edges[0]), float(edges[-1]), tuple(int(count) for count in counts))


def _coarse(delta: Floats) -> Floats:
    """`delta` itself, or the means of its blocks when it has too many cells to be drawn."""
    rows, columns = delta.shape
    by = math.ceil(math.sqrt(rows * columns / MOST_CELLS))
    if by <= 1:
        return delta
    cut = delta[: rows // by * by or rows, : columns // by * by or columns]
    tall, wide = min(by, len(cut)), min(by, cut.shape[1])
    means: Floats = cut.reshape(len(cut) // tall, tall, cut.shape[1] // wide, wide).mean(
        axis=(1, 3)
    )
    return means


def _quantised(epoch: int, layer: str, values: Floats) -> Weights:
    """Values as signed bytes; `scale` times a byte over 127 gives the value back."""
    scale = float(np.abs(values).max()) or 1.0
    levels = np.round(values / scale * LEVELS).astype(np.int8)
    data = base64.b64encode(levels.tobytes()).decode()
    return Weights(epoch, layer, tuple(int(side) for side in levels.shape), scale, data)


def _liveliest(signal: Any, count: int) -> list[int]:
    """The features, on the last axis of `signal`, that are the largest on average."""
    values = np.abs(np.asarray(signal))
    activity = values.reshape(-1, values.shape[-1]).mean(axis=0)
    return sorted(int(column) for column in np.argsort(-activity, kind="stable")[:count])
