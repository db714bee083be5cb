"""Tests wait for states, with one last resort: none says how soon something has to happen."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT

CLOCKS = {"monotonic", "perf_counter", "process_time", "elapsed", "total_seconds"}
WAITS = {"wait", "join", "result", "wait_for", "wait_for_line"}
SOURCES = sorted((ROOT / "tests").rglob("*.py"))


def clocks(node: ast.AST) -> set[str]:
    """The clocks that are read inside: `time.monotonic()`, `response.elapsed` and the like."""
    read = {it.attr for it in ast.walk(node) if isinstance(it, ast.Attribute)}
    return read & CLOCKS


def judged(tree: ast.AST) -> Iterator[int]:
    """The lines that assert something about a clock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and clocks(node.test):
            yield node.lineno


def is_bound(node: ast.expr) -> bool:
    """A number of seconds; 0 means not to wait at all."""
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, int | float) and bool(node.value)
    )


def hurried(tree: ast.AST) -> Iterator[int]:
    """The lines that wait for so many seconds, and fail on a machine that needs more."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        bounds = [it.value for it in call.keywords if it.arg == "timeout"]
        if name in WAITS:
            bounds += call.args
        if name and any(is_bound(bound) for bound in bounds):
            yield call.lineno


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_says_how_soon(source: Path) -> None:
    tree = ast.parse(source.read_text())
    assert list(judged(tree)) == [], "a figure belongs in benchmarks/"
    assert list(hurried(tree)) == [], "use LAST_RESORT of tests/patience.py"


def test_it_sees_what_it_forbids() -> None:
    forbidden = (
        "assert time.monotonic() - started < 10\n"
        "assert response.elapsed.total_seconds() < 5\n"
        "process.wait(10)\n"
        "requests.get(address, timeout=30)\n"
    )
    tree = ast.parse(forbidden)
    assert (list(judged(tree)), list(hurried(tree))) == ([1, 2], [3, 4])
