"""How long a test waits for a state: until it is there, or the machine has had every chance.

A test says what has to happen, never how soon: how long something takes is a figure, and figures
stand in `benchmarks/`.
"""

import time
from collections.abc import Callable

LAST_RESORT = 480.0
"""Seconds after which what did not happen will not: many times what a busy machine needs."""
LAST_RESORT_MS = LAST_RESORT * 1000
TICK = 0.05
# Between two questions that make a server work: asked too often, they keep it from what is waited
# for.
COSTLY_TICK = 0.5


def happens(
    probe: Callable[[], bool], hopeless: Callable[[], bool] = lambda: False, tick: float = TICK
) -> bool:
    """Whether the probe says yes before it is hopeless or the last resort has passed."""
    deadline = time.monotonic() + LAST_RESORT
    while not probe():
        if hopeless() or time.monotonic() > deadline:
            return False
        time.sleep(tick)
    return True


def eventually(probe: Callable[[], bool], what: str, tick: float = TICK) -> None:
    """Waits until the probe says yes; fails with `what` when it never does."""
    assert happens(probe, tick=tick), what
