"""Makes a fresh process ready to train: imports, data, and one small run through every part."""

from dataclasses import replace
from pathlib import Path

from training_jobs.engine import datasets, fit, programs
from training_jobs.engine.library import tf
from training_jobs.engine.plan import DATASETS, Plan


def load_all(folder: Path) -> dict[str, datasets.Dataset]:
    """Every data set by its name, as found or made."""
    return {name: datasets.load(name, folder) for name in DATASETS}


def rehearse(plan: Plan, data: datasets.Dataset) -> None:
    """Compiles the plan's program by an epoch of it, so that the first real run need not wait."""
    short = replace(plan, epochs=1)
    fit.fit(short, data, on_progress=lambda _: None, should_stop=lambda: False)


def programs_kept() -> list[str]:
    """The keys of the programs that are compiled."""
    return programs.keys_kept()


def tensorflow_version() -> str:
    return str(tf.__version__)


def devices() -> str:
    """What TensorFlow computes on, such as "CPU:0, GPU:0"."""
    found = (device.name.partition("device:")[2] for device in tf.config.list_physical_devices())
    return ", ".join(found)
