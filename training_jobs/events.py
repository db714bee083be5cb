"""The event contract: what a run's history is made of. Knows no framework.

A history is a list of events numbered from 1 without gaps. It is append-only: what was recorded is
never renumbered or withdrawn. `docs/events.md` is checked against this module by a test.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from training_jobs.engine.progress import Epoch, Result, Start, Tick, Weights


@dataclass(frozen=True)
class Status:
    """The run's state changed; `reason` says why in a sentence, or is empty."""

    state: str
    reason: str = ""


@dataclass(frozen=True)
class Rewind:
    """A worker was lost: points after `epoch` no longer count, the next one goes on from there."""

    epoch: int


@dataclass(frozen=True)
class End:
    """Always the last event; `state` is the final one."""

    state: str


Event = Status | Start | Tick | Epoch | Weights | Rewind | Result | End

EVENTS: dict[str, type[Event]] = {
    "status": Status,
    "start": Start,
    "tick": Tick,
    "epoch": Epoch,
    "weights": Weights,
    "rewind": Rewind,
    "result": Result,
    "end": End,
}
_NAMES = {kind: name for name, kind in EVENTS.items()}


def name_of(event: Event) -> str:
    """The event's name on the wire and in the database."""
    return _NAMES[type(event)]


def _without_nan(value: Any) -> Any:
    # json.dumps writes NaN, which a browser's JSON.parse refuses.
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return value


def data_of(event: Event) -> dict[str, Any]:
    """The event's fields as JSON values; a number that is not finite becomes null."""
    data: dict[str, Any] = _without_nan(asdict(event))
    return data


def frame(name: str, data: Mapping[str, Any], seq: int | None = None) -> bytes:
    """One server-sent event; without `seq` it carries no id and is not part of the history.

    Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    identity = f"id: {seq}\n" if seq is not None else ""
    body = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return f"{identity}event: {name}\ndata: {body}\n\n".encode()
