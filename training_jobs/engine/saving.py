"""Writes a trained network as a `.keras` file, which `keras.models.load_model` reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from training_jobs.engine import networks
from training_jobs.engine.datasets import Dataset
from training_jobs.engine.plan import Plan


def save_model(
    plan: Plan, data: Dataset, weights: Sequence[NDArray[Any]], destination: Path
) -> None:
    """Writes the network of `plan` with these values of its variables, whole or not at all.

    It is compiled with the plan's optimizer, so that anyone who loads it can evaluate it and train
    on. Raises OSError when the disk refuses.
    """
    model = networks.build(plan, data.shape, data.classes)
    for variable, value in zip(model.variables, weights, strict=True):
        variable.assign(value)
    loss = "sparse_categorical_crossentropy"
    model.compile(networks.optimizer(plan), loss, metrics=["accuracy"])
    destination.parent.mkdir(parents=True, exist_ok=True)
    # Keras insists on the ending; a name of its own keeps a reader from half a file.
    part = destination.with_name(f".{destination.stem}.part.keras")
    try:
        model.save(part)
        part.replace(destination)
    finally:
        part.unlink(missing_ok=True)
