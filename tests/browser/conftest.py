"""Fixtures of the browser tests."""

from collections.abc import Iterator

import pytest

from tests.conftest import RunningPlatform, run_platform


@pytest.fixture(scope="session")
def teachers_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """A platform whose course and settings a teacher may change."""
    with run_platform(tmp_path_factory.mktemp("teachers-platform")) as running:
        yield running
