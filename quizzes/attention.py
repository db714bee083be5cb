"""How long a question was in front of an attentive reader, as its page has counted. Pure."""

from datetime import datetime

# Practice begins with its first check, so what was read before has no start to be measured from.
BEFORE_THE_START = 15 * 60


def kept_seconds(before: int | None, told: int, most: int) -> int | None:
    """The seconds to keep: never fewer than `before`, and of what the page told at most `most`."""
    believed = min(told, most)
    return believed if believed > (before or 0) else before


def most_seconds(started_at: datetime, now: datetime, *, begins_by_check: bool) -> int:
    """The longest that a question of an attempt can have been looked at."""
    since = max(0, int((now - started_at).total_seconds()))
    return since + BEFORE_THE_START if begins_by_check else since
