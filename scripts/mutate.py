"""Removes one guard after the other in a copy of the tree; each time its tests must turn red.

`make mutation` runs all of them, `make mutation ONLY=lease` those whose file or reason has that
word. A guard whose tests stay green is either needless or not tested: both are worth knowing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_COPIED = (".git", ".venv", ".tools", ".data", ".*_cache", "__pycache__", "staticfiles")
SECONDS = 300
LIST = ROOT / "scripts" / "guards.toml"
FAILED, NOT_COLLECTED = 1, 2


@dataclass(frozen=True)
class Guard:
    """A piece of code that keeps something from going wrong, and how the code is without it."""

    reason: str
    file: str
    text: str
    without: str
    tests: str
    # SQLite's own locks would hide that it is gone.
    on_postgres: bool = False


def guards() -> list[Guard]:
    """All of them, in the order of their file."""
    with LIST.open("rb") as file:
        return [Guard(**fields) for fields in tomllib.load(file)["guard"]]


def main(words: Sequence[str]) -> int:
    """Tries every guard that has one of the words; the number of those nobody missed."""
    chosen = [guard for guard in guards() if _named(guard, words)]
    with tempfile.TemporaryDirectory(prefix="ww-mutation-") as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED))
        survived = sum(not _missed(guard, tree) for guard in chosen)
    print(f"{len(chosen)} guards, {survived} of them missed by no test")
    return min(survived, 1)


def _named(guard: Guard, words: Sequence[str]) -> bool:
    return not words or any(word in f"{guard.file} {guard.reason}" for word in words)


def _missed(guard: Guard, tree: Path) -> bool:
    """Whether a test turned red without the guard; prints a line of the table."""
    path = tree / guard.file
    whole = path.read_text(encoding="utf-8")
    if guard.text not in whole:
        print(f"GONE      {guard.file}: {guard.reason}", flush=True)
        return False
    path.write_text(whole.replace(guard.text, guard.without, 1), encoding="utf-8")
    try:
        status = _test(guard, tree)
    finally:
        path.write_text(whole, encoding="utf-8")
    # A module that no longer imports would be red for the wrong reason.
    said = {FAILED: "red", NOT_COLLECTED: "BROKEN"}.get(status, "SURVIVED")
    print(f"{said:9} {guard.file}: {guard.reason}", flush=True)
    return status == FAILED


def _test(guard: Guard, tree: Path) -> int:
    server = [sys.executable, "-m", "tests.servers", "with-postgres"] if guard.on_postgres else []
    command = [*server, sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    dropped = {"WEIGHTWISE_DATA", "DATABASE_URL", "REDIS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in dropped}
    try:
        return subprocess.run(
            [*command, *guard.tests.split()],
            cwd=tree,
            env=environment | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
