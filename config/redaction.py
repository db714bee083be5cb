"""Keeps out of the log what opens something: keys that stand in addresses."""

import re
from typing import Any

from structlog.typing import EventDict, Processor, WrappedLogger

# Each is mailed to somebody, and whoever has it acts as them.
KEYS = re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^/\s\"'?#]+")
HIDDEN = r"\1(key)"


def without_keys(text: str) -> str:
    """The text with a word in the place of each key."""
    return KEYS.sub(HIDDEN, text)


def redacted(renderer: Processor) -> Processor:
    """A renderer whose line holds no key, as a path, in a message or in a traceback."""

    def render(logger: WrappedLogger, name: str, event: EventDict) -> Any:
        return without_keys(str(renderer(logger, name, event)))

    return render
