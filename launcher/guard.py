"""The last resort: ends the platform's processes when the launcher was killed outright.

`PR_SET_PDEATHSIG` would reach the direct children only; Celery's trainer is a grandchild and
would go on training for nobody. So a small process of its own session holds the read end of a
pipe. When the launcher is gone, however it went, the pipe closes and every process group that
the launcher still had is ended, and its folder for temporary files is removed. After an orderly
stop only the folder is left to do.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import IO, cast

GRACE = 3.0


class Guard:
    """The launcher's side: names the process groups that exist and the folder to remove."""

    def __init__(self, scratch: str = "") -> None:
        # -I -S: the guard needs the standard library only, and a launcher killed in its first
        # second needs it early.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, scratch],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._pipe = cast(IO[bytes], self._process.stdin)

    def watch(self, group: int) -> None:
        """End this group if the launcher dies."""
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """This group is gone; its number may soon belong to somebody else."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let the guard end everything that it still watches, and wait until it has."""
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.wait()

    def _tell(self, message: str) -> None:
        with contextlib.suppress(OSError):
            self._pipe.write(message.encode())
            self._pipe.flush()


def main() -> None:
    """The guard's side: listen until the launcher is gone, then end what it left behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for message in sys.stdin:
        change = groups.add if message.startswith("+") else groups.discard
        change(int(message[1:]))
    end_groups(groups)
    if scratch := sys.argv[1]:
        shutil.rmtree(scratch, ignore_errors=True)


def end_groups(groups: Iterable[int], grace: float = GRACE) -> None:
    """Ask every group to stop, and kill what is left after the grace."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Signal a process group; false when nobody is in it any more."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS answers so for a group of zombies only.
        return False
    return True


if __name__ == "__main__":
    main()
