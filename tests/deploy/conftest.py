"""The image's content, made once for the tests that look at it and the one that runs it."""

import shutil
from collections.abc import Iterator

import pytest

from tests.deploy.dockerfile import Replay, read_stages, replay


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    """The Dockerfile's build stage, carried out; 2 GB that pytest is not to keep."""
    folder = tmp_path_factory.mktemp("image")
    yield replay(read_stages()[0], folder)
    shutil.rmtree(folder)
