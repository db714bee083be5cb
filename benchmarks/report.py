"""Figures as a readable table and as JSON lines."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("results.jsonl")


@dataclass(frozen=True)
class Figure:
    """One measured figure; `versus` names what a ratio compares with, or is empty."""

    benchmark: str
    figure: str
    value: float
    unit: str
    versus: str
    samples: int


def report(figures: list[Figure]) -> None:
    """Prints the figures and appends them to `benchmarks/results.jsonl`."""
    with RESULTS.open("a", encoding="utf-8") as results:
        for figure in figures:
            results.write(json.dumps(asdict(figure)) + "\n")
            versus = f"versus {figure.versus}" if figure.versus else ""
            sys.stdout.write(
                f"{figure.benchmark:<12}{figure.figure:<22}{figure.value:>10.2f} {figure.unit:<6}"
                f"{versus:<34}{figure.samples:>3} samples\n"
            )
    sys.stdout.flush()
