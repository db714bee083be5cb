"""Every test signs in as somebody new."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def forgotten_tries() -> None:
    """The limit of tries counts by address, and all tests come from the same one."""
    cache.clear()
