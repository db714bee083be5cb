"""The Dockerfile, read into stages, and what a target is built from replayed in a folder.

`make containers` builds the images; here no container engine is needed. The steps run on this
machine instead: absolute paths of the image become paths inside the folder, `pip` and `python`
those of an environment made for it. Packages are linked and not compiled: that saves minutes and
changes no package.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import ROOT

# Where the image keeps things, and where the replay does.
PLACES = {"/srv/weightwise": "srv", "/opt/venv": "venv"}
# An image is made once and started often; a replay is started once.
CHEAPER = {"UV_COMPILE_BYTECODE": "0", "UV_LINK_MODE": "hardlink"}


@dataclass(frozen=True)
class Step:
    """One instruction."""

    word: str
    text: str


@dataclass
class Stage:
    """What follows one FROM."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """The texts of every instruction of one kind."""
        return [step.text for step in self.steps if step.word == word]


def read_stages() -> dict[str, Stage]:
    """The Dockerfile's stages by name, in order."""
    stages: list[Stage] = []
    for step in instructions():
        if step.word == "FROM":
            base, _, name = step.text.partition(" AS ")
            stages.append(Stage(base, name))
        else:
            stages[-1].steps.append(step)
    return {stage.name: stage for stage in stages}


def steps_of(name: str) -> list[Step]:
    """All steps that lead to a stage, those of the stages that it is based on first."""
    stages = read_stages()
    stage = stages[name]
    before = steps_of(stage.base) if stage.base in stages else []
    return [*before, *stage.steps]


def instructions() -> Iterator[Step]:
    """The instructions, without comments and with continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield Step(word, rest)


@dataclass(frozen=True)
class Replay:
    """What the steps up to a stage have made."""

    folder: Path

    @property
    def source(self) -> Path:
        """The project as the image holds it."""
        return self.folder / "srv"

    @property
    def programs(self) -> Path:
        """The programs of its environment."""
        return self.folder / "venv" / "bin"


def replay(name: str, folder: Path) -> Replay:
    """Run every step up to the end of a stage inside the folder."""
    done = Replay(folder)
    make_base(folder)
    done.source.mkdir()
    environment = build_environment(folder)
    for step in steps_of(name):
        if step.word == "ENV":
            told = dict(word.split("=", 1) for word in shlex.split(step.text))
            environment |= told | {name: CHEAPER[name] for name in CHEAPER.keys() & told.keys()}
        elif step.word == "COPY":
            copy(step.text.split(), done.source)
        elif step.word == "RUN":
            run(moved(step.text, folder), done.source, environment)
        elif step.word != "WORKDIR":
            raise AssertionError(f"The replay does not know {step.word}")
    return done


def build_environment(folder: Path) -> dict[str, str]:
    """This machine's way to the network, none of the project's own variables."""
    ours = re.compile(
        "PATH|VIRTUAL_ENV|CI|(DJANGO|WEIGHTWISE|PYTHON|PYTEST|DATABASE|REDIS|UV_COMPILE).*"
    )
    kept = {name: value for name, value in os.environ.items() if not ours.fullmatch(name)}
    return kept | {"PATH": f"{folder}/base/bin:/usr/bin:/bin"}


def make_base(folder: Path) -> None:
    """What the base image brings: a Python with pip."""
    subprocess.run([sys.executable, "-m", "venv", folder / "base"], check=True)


def moved(command: str, folder: Path) -> str:
    """A command with the image's paths turned into the folder's, and no cache mounts."""
    command = re.sub(r"--mount=\S+\s+", "", command)
    for image, here in PLACES.items():
        command = command.replace(image, f"{folder}/{here}")
    return command


def run(command: str, folder: Path, environment: dict[str, str]) -> None:
    """A RUN step."""
    result = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"


def copy(words: list[str], target: Path) -> None:
    """A COPY step from the build context into the working folder."""
    *sources, destination = words
    for path in context_files():
        if sources == ["."] or str(path) in sources:
            place = target / destination / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, place)


def context_files() -> list[Path]:
    """The files that .dockerignore lets into the build."""
    tops = [path for path in ROOT.iterdir() if any(lets_in(rule, path) for rule in rules())]
    found = (path for top in tops for path in ([top] if top.is_file() else top.rglob("*")))
    files = (path.relative_to(ROOT) for path in found if path.is_file())
    return sorted(path for path in files if is_let_in(path))


def rules() -> list[str]:
    """The lines of .dockerignore."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def lets_in(rule: str, top: Path) -> bool:
    """A rule that lets something of this top-level name in: folders without one are not read."""
    return rule.startswith("!") and rule[1:].split("/", maxsplit=1)[0] == top.name


def is_let_in(path: Path) -> bool:
    """The last rule that matches a path, or a folder above it, decides."""
    decision = True
    for rule in rules():
        pattern = rule_pattern(rule.lstrip("!"))
        if any(pattern.fullmatch(str(part)) for part in (path, *path.parents)):
            decision = rule.startswith("!")
    return decision


def rule_pattern(rule: str) -> re.Pattern[str]:
    """A rule's wildcards as a pattern: `**/` is any folder, `*` anything within one."""
    pieces = (re.escape(piece).replace(r"\*", "[^/]*") for piece in rule.split("**/"))
    return re.compile("(?:.*/)?".join(pieces))
