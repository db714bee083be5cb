"""Makes a fresh process ready to train: imports, data, and one small run through every part."""

from pathlib import Path

import tensorflow as tf

from training_jobs.engine import datasets, fit
from training_jobs.engine.plan import DATASETS, Plan

# The smallest plan that touches what every run touches.
REHEARSAL = Plan(
    dataset="tabular",
    hidden_units=(8,),
    activation="relu",
    optimizer="adam",
    learning_rate=0.01,
    batch_size=32,
    epochs=1,
    seed=0,
)


def warm(folder: Path) -> dict[str, str]:
    """Loads each data set and trains for an epoch; returns the digest of each set by its name."""
    loaded = {name: datasets.load(name, folder) for name in DATASETS}
    rehearsed = loaded[REHEARSAL.dataset]
    fit.fit(REHEARSAL, rehearsed, on_progress=lambda _: None, should_stop=lambda: False)
    return {name: data.digest for name, data in loaded.items()}


def tensorflow_version() -> str:
    return str(tf.__version__)
