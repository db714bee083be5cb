"""The web server, in one or more processes: `python scripts/serve.py --port 8000`.

Its arguments are uvicorn's. WEIGHTWISE_WEB_PROCESSES says how many; without it, as many as this
process has cores, at most four. They listen on one socket, and a parent process replaces one that
dies.
"""

import os
import sys
import tempfile
from pathlib import Path

NAME = "WEIGHTWISE_WEB_PROCESSES"
MOST = 64
# Each has memory and database connections of its own: more of them should be a decision.
MOST_UNASKED = 4
# Without the shutdown limit it would wait for open streams for ever; without the last option it
# would believe every X-Forwarded-For that comes over loopback, against the platform's setting.
OPTIONS = ("--timeout-graceful-shutdown", "5", "--no-access-log", "--no-proxy-headers")
QUOTA = Path("/sys/fs/cgroup/cpu.max")


class Refused(Exception):
    """It cannot start like this; the text is the one line that the reader sees."""


def processes(text: str) -> int:
    """How many processes: the number in the text, or as many as there are cores, within reason."""
    if not text:
        return min(cores(QUOTA), MOST_UNASKED)
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST:
        return int(text)
    raise Refused(f"{NAME}={text} is not a whole number from 1 to {MOST}.")


def cores(quota: Path) -> int:
    """The cores that this process may use, by its affinity and its container's share."""
    try:
        found = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        found = os.cpu_count() or 1
    return max(1, min(found, allowed(quota), MOST))


def allowed(quota: Path) -> int:
    """The whole cores of a container's share; many where it has no limit."""
    try:
        share, period = quota.read_text().split()
        return round(int(share) / int(period))
    except (OSError, ValueError):  # none, or "max"
        return MOST


def main() -> None:
    """Becomes the web server."""
    try:
        count = processes(os.environ.get(NAME, ""))
    except Refused as refusal:
        sys.exit(str(refusal))
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", *OPTIONS, *sys.argv[1:]]
    if count > 1:
        # On a busy machine a process may take long to start.
        command += ["--workers", str(count), "--timeout-worker-healthcheck", "60"]
        # Each process writes its figures there, so that any of them can report them all.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="weightwise-figures-")
    os.execv(command[0], command)  # noqa: S606 - a fixed program, and nothing for a shell


if __name__ == "__main__":
    main()
