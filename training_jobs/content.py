"""Loads experiments from the course's files."""

from pathlib import Path

from authoring.files import Outcome, course_files, each, read_toml, sync, take
from training_jobs.models import Experiment


def load_experiments(topic_folder: Path) -> list[tuple[Experiment, Outcome]]:
    """One experiment for each `experiments/<slug>.toml` of a topic."""
    return each(load_experiment, experiment_files(topic_folder))


def experiment_files(topic_folder: Path) -> list[Path]:
    return course_files(topic_folder, "experiments/*.toml")


def load_experiment(path: Path) -> tuple[Experiment, Outcome]:
    # A permit that was taken out of the file has to go from the row, too.
    values = {"permits": {}} | take(read_toml(path), path, "title summary plan", "position permits")
    return sync(Experiment, {"slug": path.stem}, values, path)
