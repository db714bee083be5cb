"""A request that is turned away for now, raised by any layer."""

import math


class TurnedAway(Exception):
    """Nothing was done; the text says why and what to do. Worth trying again after `retry_after`
    seconds, or not at all as it is.

    A page with a form shows the form again with this text; otherwise `config.turned_away` answers.
    """

    status = 429

    def __init__(self, text: str, retry_after: int | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


def spell(seconds: float) -> str:
    """Whole seconds up to two minutes, then whole minutes, rounded up."""
    if seconds < 2 * 60:
        whole = math.ceil(seconds)
        return f"{whole} second" if whole == 1 else f"{whole} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
