"""A minute that no machine is too busy to keep."""

from dataclasses import replace

import pytest

from accounts import door

HOUR = 3600


def lengthen_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be sent to sign up within a minute may be sent within an hour, and no more."""
    for name in ("ACCOUNTS", "FORMS"):
        monkeypatch.setattr(door, name, replace(getattr(door, name), seconds=HOUR))
