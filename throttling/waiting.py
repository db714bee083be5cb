"""How long the request at hand has waited already: patience is counted from when it came.

A request may wait for a thread before it waits for a lock or for its turn; its sender notices
only the sum.
"""

import time
from contextvars import ContextVar

_CAME: ContextVar[float | None] = ContextVar("came", default=None)


def came(moment: float) -> None:
    """Notes when the request of this context came, by the monotonic clock."""
    _CAME.set(moment)


def waited() -> float:
    """Seconds since the request came; 0 outside of requests."""
    moment = _CAME.get()
    return 0.0 if moment is None else time.monotonic() - moment


def left(patience: float) -> float:
    """What is left of so many seconds."""
    return max(patience - waited(), 0.0)
