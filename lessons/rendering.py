"""Turns a lesson's source into blocks: prose as safe HTML, and the parts that runs fill in.

A block is a line of its own, `[[stage optimizers-adam load]]`; a container is `::: hint Title` and
the lines up to `:::`. `{{ measured mnist-64.test_accuracy }}` stands for a figure of a run.
"""

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from authoring.rendering import render
from training_jobs.figures import METRICS

Block = dict[str, Any]

# Each block and how many arguments it takes; None means one or more experiments.
BLOCKS: dict[str, int | None] = {
    "starting-metrics": 1,
    "changes": 1,
    "figures": None,
    "stage": 2,
    "trace": None,
    "prediction": 1,
    "run": 1,
    "inline-quiz": 0,
}
CONTAINERS = {"hint", "solution", "note"}
STAGES = {"load", "split", "scale", "train", "evaluate"}

BLOCK = re.compile(r"\[\[([a-z-]+)((?: [\w-]+)*)\]\]")
CONTAINER = re.compile(r"::: ?([a-z]+) +(\S.*)")
MEASURED = re.compile(r"\{\{ *measured +([\w-]+)\.(\w+) *\}\}")
# Characters that no keyboard types carry a figure's name through the Markdown parser.
CARRIED = re.compile("\ue000([\\w-]+)\\.(\\w+)\ue001")
PLACE = re.compile(r'<data class="measured" value="([\w-]+)\.(\w+)"></data>')


class SourceError(ValueError):
    """A lesson's source cannot be shown; the text names the line and what to write instead."""


def parse(source: str) -> list[Block]:
    """The lesson's blocks in order; raises SourceError."""
    return list(_Reader(source).blocks())


def experiments_in(blocks: list[Block]) -> set[str]:
    """The slugs of every experiment whose figures the blocks show."""
    named = {slug for block in blocks for slug, _ in PLACE.findall(block.get("html", ""))}
    for block in blocks:
        named |= set(block.get("experiments", []))
    return named


def prose(markdown: str) -> str:
    """Markdown as safe HTML, with an empty place for each measured figure."""
    html = render(MEASURED.sub("\ue000\\1.\\2\ue001", markdown))
    return CARRIED.sub(r'<data class="measured" value="\1.\2"></data>', html)


class _Reader:
    """Reads a source line by line; knows where it is, for the sake of error messages."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines()
        self.at = 0

    def blocks(self) -> Iterator[Block]:
        pending: list[str] = []
        fenced = False
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            fenced ^= line.lstrip().startswith("```")
            made = None if fenced else self._special(line)
            if made is None:
                self._check_figures(line)
                pending.append(line)
                continue
            yield from _flush(pending)
            yield made
        yield from _flush(pending)

    def _special(self, line: str) -> Block | None:
        if line.startswith("[["):
            return self._block(line)
        return self._container(line) if line.startswith(":::") else None

    def _block(self, line: str) -> Block:
        match = BLOCK.fullmatch(line.rstrip())
        if match is None or match[1] not in BLOCKS:
            raise self._error(f"{line.strip()} is not a block; there are {', '.join(BLOCKS)}")
        name, args = match[1], match[2].split()
        expected = BLOCKS[name]
        if (len(args) != expected) if expected is not None else not args:
            wanted = "at least one experiment" if expected is None else f"{expected} argument(s)"
            raise self._error(f"[[{name}]] takes {wanted}, not {len(args)}")
        if name != "stage":
            return {"kind": name, "experiments": args}
        if args[1] not in STAGES:
            raise self._error(f"there is no stage {args[1]}; there are {', '.join(sorted(STAGES))}")
        return {"kind": name, "experiments": args[:1], "stage": args[1]}

    def _container(self, line: str) -> Block:
        match = CONTAINER.fullmatch(line.rstrip())
        if match is None or match[1] not in CONTAINERS:
            raise self._error(
                f"{line.strip()} opens nothing; write ::: hint, solution or note, and a title"
            )
        opened = self.at
        inside: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if line.rstrip() == ":::":
                return {"kind": match[1], "title": match[2], "html": prose("\n".join(inside))}
            self._check_figures(line)
            inside.append(line)
        self.at = opened
        raise self._error(f"::: {match[1]} is never closed by a line :::")

    def _check_figures(self, line: str) -> None:
        for _, metric in MEASURED.findall(line):
            if metric not in METRICS:
                raise self._error(f"{metric} is not measured; there are {', '.join(METRICS)}")

    def _error(self, text: str) -> SourceError:
        return SourceError(f"Line {self.at}: {text}.")


def _flush(pending: list[str]) -> Iterator[Block]:
    text = "\n".join(pending).strip()
    pending.clear()
    if text:
        yield {"kind": "prose", "html": prose(text)}


def fill(html: str, figure: Callable[[str, str], str | None]) -> str:
    """`html` with each measured figure in its place; a run that has not ended yet says so."""

    def filled(match: re.Match[str]) -> str:
        value = figure(match[1], match[2])
        text = escape(value) if value is not None else "being measured"
        return f'<data class="measured" value="{match[1]}.{match[2]}">{text}</data>'

    return PLACE.sub(filled, html)
