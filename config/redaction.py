"""Keeps secrets out of the log: keys that are part of addresses."""

import re
from typing import Any

from structlog.typing import EventDict, Processor, WrappedLogger

# Each is mailed to one person, and lets anyone who has it act as them.
KEYS = re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^/\s\"'?#]+")
HIDDEN = r"\1(key)"


def without_keys(text: str) -> str:
    """The text with each key replaced by a word."""
    return KEYS.sub(HIDDEN, text)


def redacted(renderer: Processor) -> Processor:
    """A renderer whose lines hold no key, neither in a path nor in a message or traceback."""

    def render(logger: WrappedLogger, name: str, event: EventDict) -> Any:
        return without_keys(str(renderer(logger, name, event)))

    return render
