"""`python -m benchmarks [NAME]`: all benchmarks, or one."""

import os
import subprocess
import sys
from importlib import import_module

from benchmarks.report import report

BENCHMARKS = (
    *("training", "first_point", "fanout", "recording"),
    *("quiz", "statistics", "regrading", "queue", "memory"),
)


def main() -> int:
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = sorted(set(chosen) - set(BENCHMARKS))
    if unknown:
        sys.stderr.write(f"No benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.\n")
        return 2
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if len(chosen) == 1:
        report(import_module(f"benchmarks.{chosen[0]}").run())
        return 0
    # Each in a process of its own: it has a database and a TensorFlow of its own, and leaves none.
    return max(subprocess.call([sys.executable, "-m", "benchmarks", name]) for name in chosen)


if __name__ == "__main__":
    sys.exit(main())
