"""A platform where something has been done, and its log."""

import io
import logging
from collections.abc import Iterator

import pytest

from tests.security.hostile import World
from tests.security.test_reach_urls import make_addresses, make_people


@pytest.fixture(scope="module")
def world(standing: None) -> World:
    """A platform where something has been done, for tests that undo what they do."""
    return World(make_people(), make_addresses())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as an operator reads it, through the handlers that the settings made."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    theirs = logging.getLogger().handlers[0]
    handler.setFormatter(theirs.formatter)
    for one in theirs.filters:
        handler.addFilter(one)
    logging.getLogger().addHandler(handler)
    yield output
    logging.getLogger().removeHandler(handler)
