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
INSIDE = re.compile(r"\[\[([a-z-]+)[^\]]*\]\]")
OPENED = re.compile(r"\{\{ *measured\b")
FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})(.*)")
# Characters that no keyboard types carry a figure's name through the Markdown parser.
CARRIED = re.compile("\ue000([\\w-]+)\\.(\\w+)\ue001")
PLACE = re.compile(r'<data class="measured" value="([\w-]+)\.(\w+)"></data>')


class SourceError(ValueError):
    """A lesson's source cannot be shown; the text names the line and what to write instead."""


def parse(source: str) -> list[Block]:
    """The lesson's blocks in order; raises SourceError."""
    blocks = list(_Reader(source).blocks())
    if sum(block["kind"] == "inline-quiz" for block in blocks) > 1:
        raise SourceError("[[inline-quiz]] stands twice: a lesson asks its questions once.")
    return blocks


def experiments_in(blocks: list[Block]) -> set[str]:
    """The slugs of every experiment whose figures the blocks show."""
    named = {slug for slug, _ in figures_in(blocks)}
    for block in blocks:
        named |= set(block.get("experiments", []))
    return named


def figures_in(blocks: list[Block]) -> set[tuple[str, str]]:
    """The figures within the blocks' prose: experiment and metric of each."""
    return {found for block in blocks for found in PLACE.findall(block.get("html", ""))}


def line_naming(source: str, slug: str) -> int:
    """The first line on which a block or a figure names this experiment."""
    named = re.compile(rf"(\[\[|\{{\{{).*?(?<![\w-]){re.escape(slug)}(?![\w-])")
    lines = enumerate(source.splitlines(), start=1)
    return next((number for number, line in lines if named.search(line)), 1)


def prose(lines: list[str]) -> str:
    """Markdown as safe HTML, with an empty place for each measured figure."""
    html = render("\n".join(lines).strip())
    return CARRIED.sub(r'<data class="measured" value="\1.\2"></data>', html)


class _Reader:
    """Reads a source line by line; knows where it is, for the sake of error messages."""

    def __init__(self, source: str) -> None:
        self.lines = source.splitlines()
        self.at = 0
        self.fence = ""  # what opened the code that the present line stands in

    def blocks(self) -> Iterator[Block]:
        pending: list[str] = []
        for line in self._rest():
            made = None if self.fence else self._special(line)
            if made is None:
                pending.append(self._text(line))
                continue
            yield from _flush(pending)
            yield made
        yield from _flush(pending)

    def _rest(self) -> Iterator[str]:
        """The lines from here on, noting the fences, within which nothing is a block."""
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            self.fence = _fence_after(line, self.fence)
            yield line

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
        for content in self._rest():
            if content.rstrip() == ":::" and not self.fence:
                return {"kind": match[1], "title": match[2], "html": prose(inside)}
            inside.append(self._text(content))
        self.at = opened
        raise self._error(f"::: {match[1]} is never closed by a line :::")

    def _text(self, line: str) -> str:
        """A line of Markdown in which each measured figure's name is ready to be carried."""
        if self.fence:
            return line
        if inside := [name for name in INSIDE.findall(line) if name in BLOCKS]:
            raise self._error(f"[[{inside[0]}]] has to be on a line of its own, outside a box")
        if len(MEASURED.findall(line)) != len(OPENED.findall(line)):
            raise self._error("write a figure as {{ measured EXPERIMENT.METRIC }}")
        for _, metric in MEASURED.findall(line):
            if metric not in METRICS:
                raise self._error(f"{metric} is not measured; there are {', '.join(METRICS)}")
        return MEASURED.sub("\ue000\\1.\\2\ue001", line)

    def _error(self, text: str) -> SourceError:
        return SourceError(f"Line {self.at}: {text}.")


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after this line, when `fence` was before it; "" for none.

    Only a bare fence of the same character, at least as long, closes one:
    https://spec.commonmark.org/0.31.2/#fenced-code-blocks
    """
    match = FENCE.fullmatch(line)
    if match is None:
        return fence
    if not fence:
        return match[1]
    closes = match[1].startswith(fence) and not match[2].strip()
    return "" if closes else fence


def _flush(pending: list[str]) -> Iterator[Block]:
    if any(line.strip() for line in pending):
        yield {"kind": "prose", "html": prose(pending)}
    pending.clear()


def fill(html: str, figure: Callable[[str, str], str]) -> str:
    """`html` with each measured figure, or the words that replace it, filled in."""

    def filled(match: re.Match[str]) -> str:
        text = escape(figure(match[1], match[2]))
        return f'<data class="measured" value="{match[1]}.{match[2]}">{text}</data>'

    return PLACE.sub(filled, html)
