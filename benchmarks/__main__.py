"""`python -m benchmarks [NAME]`: all benchmarks, or one."""

import sys
from importlib import import_module

from benchmarks.report import report

BENCHMARKS = ("training",)


def main() -> int:
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = sorted(set(chosen) - set(BENCHMARKS))
    if unknown:
        sys.stderr.write(f"No benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.\n")
        return 2
    for name in chosen:
        # One at a time and when it is its turn: some of them load TensorFlow.
        report(import_module(f"benchmarks.{name}").run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
