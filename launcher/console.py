"""One terminal for many processes: each line carries the name of the one that wrote it."""

import os
import threading
from typing import TextIO

COLOURS = ("36", "33", "35", "32", "34")
WIDTH = 7


class Console:
    """Writes whole lines, one at a time, in colour on a terminal only."""

    def __init__(self, stream: TextIO, colour: bool | None = None) -> None:
        self._stream = stream
        self._colour = wants_colour(stream) if colour is None else colour
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}

    def say(self, text: str) -> None:
        """A line of the launcher itself."""
        self._write(f"\033[1m{text}\033[0m" if self._colour else text)

    def relay(self, name: str, text: str) -> None:
        """A line that a child wrote."""
        label = f"{name:<{WIDTH}} |"
        if self._colour:
            label = f"\033[{self._colour_of(name)}m{label}\033[0m"
        self._write(f"{label} {text}")

    def _colour_of(self, name: str) -> str:
        return self._names.setdefault(name, COLOURS[len(self._names) % len(COLOURS)])

    def _write(self, line: str) -> None:
        with self._lock:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):
                # The reader of our output went away (`make run | head`). The children must
                # still be drained and stopped, so losing lines is the lesser evil.
                return


def wants_colour(stream: TextIO) -> bool:
    """Colour is for terminals whose owner did not ask for none."""
    return stream.isatty() and "NO_COLOR" not in os.environ
