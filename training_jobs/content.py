"""Loads experiments from the course's files."""

from pathlib import Path

from authoring.files import Outcome, read_toml, sync, take
from training_jobs.models import Experiment


def load_experiments(topic_folder: Path) -> list[tuple[Experiment, Outcome]]:
    """One experiment for each `experiments/<slug>.toml` of a topic."""
    return [load_experiment(path) for path in sorted((topic_folder / "experiments").glob("*.toml"))]


def load_experiment(path: Path) -> tuple[Experiment, Outcome]:
    # A permit that was taken out of the file has to go from the row, too.
    values = {"permits": {}} | take(read_toml(path), path, "title summary plan", "position permits")
    return sync(Experiment, {"slug": path.stem}, values, path)
