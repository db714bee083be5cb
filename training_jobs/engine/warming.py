"""Makes a fresh process ready to train: imports, data, and one small run through every part."""

from pathlib import Path

import tensorflow as tf

from training_jobs.engine import datasets, fit
from training_jobs.engine.plan import Plan

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


def warm(folder: Path) -> str:
    """Loads each data set and trains for an epoch; returns TensorFlow's version."""
    for name in ("tabular", "mnist"):
        datasets.load(name, folder)
    rows = datasets.load(REHEARSAL.dataset, folder)
    fit.fit(REHEARSAL, rows, on_progress=lambda _: None, should_stop=lambda: False)
    return str(tf.__version__)
