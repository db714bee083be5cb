"""docs/events.md and the code say the same."""

import re
from dataclasses import fields

from config.env import ROOT
from training_jobs.events import EVENTS

ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)


def documented() -> dict[str, list[str]]:
    text = (ROOT / "docs/events.md").read_text(encoding="utf-8")
    return {name: re.findall(r"`(\w+)`", listed) for name, listed in ROW.findall(text)}


def test_every_event_is_documented_with_its_fields() -> None:
    in_code = {name: [field.name for field in fields(kind)] for name, kind in EVENTS.items()}
    assert documented() == in_code


def test_every_event_says_what_it_is() -> None:
    assert all(kind.__doc__ for kind in EVENTS.values())
