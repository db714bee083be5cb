"""The images' content, made once for the tests that look at it and the one that runs it."""

import shutil
from collections.abc import Iterator

import pytest

from tests.deploy.dockerfile import Replay, replay


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """What the web image is made of: its packages, and the project."""
    folder = tmp_path_factory.mktemp("web-image")
    yield replay("source", folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def built_worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """The packages of the worker's image; 2 GB that pytest is not to keep."""
    folder = tmp_path_factory.mktemp("worker-image")
    yield replay("worker-packages", folder)
    shutil.rmtree(folder)
