"""A child of the launcher: started in a process group of its own, heard, and stopped for good."""

import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.console import Console
from launcher.errors import LaunchError
from launcher.guard import Guard, signal_group

KEPT_LINES = 20


@dataclass(frozen=True)
class Service:
    """What to start, and how to treat it."""

    name: str
    command: tuple[str, ...]
    grace: float = 8.0
    """Seconds between asking it to stop and killing it."""
    restarts: int = 0
    """How often in a row it may be started again after it died."""
    quiet: bool = False
    """Show its lines only when it failed."""


@dataclass(frozen=True)
class Workshop:
    """What every child shares: the folder, the environment, the terminal and the guard."""

    root: Path
    environment: Mapping[str, str]
    console: Console
    guard: Guard


class Child:
    """One started service."""

    def __init__(self, service: Service, workshop: Workshop, feed: str | None = None) -> None:
        self.service = service
        self.started = time.monotonic()
        self._workshop = workshop
        self._kept: deque[str] = deque(maxlen=KEPT_LINES)
        self._process = self._start(feed is not None)
        workshop.guard.watch(self._process.pid)
        self._pump = threading.Thread(target=self._relay, daemon=True)
        self._pump.start()
        if feed is not None:
            self._feed(feed)

    @property
    def pid(self) -> int:
        """The process id, which is also the number of its group."""
        return self._process.pid

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started

    def exit_code(self) -> int | None:
        """How it ended, or nothing while it lives."""
        return self._process.poll()

    def ask_to_stop(self) -> None:
        """SIGTERM to the leader alone: Celery's trainer would die of it in the middle of a run."""
        if self.exit_code() is None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> bool:
        """Wait for its end; false when it is still there after that time."""
        try:
            self._process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """Kill what is left of the whole group, collect the leader, show its last lines."""
        signal_group(self.pid, signal.SIGKILL)
        self._process.wait()
        self._workshop.guard.forget(self.pid)
        self._pump.join(timeout=1)

    def show_last_lines(self) -> None:
        """What a quiet child wrote last."""
        for line in self._kept:
            self._workshop.console.relay(self.service.name, line)

    def _start(self, with_stdin: bool) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self.service.command,
                cwd=self._workshop.root,
                env=dict(self._workshop.environment),
                stdin=subprocess.PIPE if with_stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C reaches the launcher alone, which then stops the
                # children in order, and a kill reaches grandchildren too.
                process_group=0,
            )
        except OSError as error:
            reason = error.strerror or error
            raise LaunchError(f"Cannot start {self.service.command[0]}: {reason}.") from error

    def _feed(self, text: str) -> None:
        if self._process.stdin is None:
            return
        try:
            self._process.stdin.write(text.encode())
            self._process.stdin.close()
        except OSError:
            # It died before it read; its exit code tells.
            return

    def _relay(self) -> None:
        for line in read_lines(self._process.stdout or ()):
            if self.service.quiet:
                self._kept.append(line)
            else:
                self._workshop.console.relay(self.service.name, line)


def read_lines(stream: Iterable[bytes]) -> Iterator[str]:
    """The lines of a child's output, even of invalid text."""
    for raw in stream:
        yield raw.decode(errors="replace").rstrip("\r\n")
