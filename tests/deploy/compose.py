"""docker-compose.yml as a test sees it."""

import os
import re
from pathlib import Path
from typing import Any

import yaml

from tests.servers import ROOT

FILE = ROOT / "docker-compose.yml"
OURS = ("prepare", "web", "worker", "scheduler")
# `${NAME:-default}` and `${NAME:?what it is}`; `$$` is a dollar sign for the container.
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


def read() -> dict[str, Any]:
    """The file as it stands, with anchors and merges followed."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return content


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = read()["services"]
    return found


def fill(text: str, values: dict[str, str]) -> str:
    """A value as the container gets it: variables filled in, `$$` as `$`."""
    filled = VARIABLE.sub(lambda match: values.get(match[1], match[2] or ""), text)
    return filled.replace("$$", "$")


def environment(service: str, values: dict[str, str], secrets: Path) -> dict[str, str]:
    """What the service's processes find in their environment, with secrets in this folder."""
    declared = services()[service].get("environment", {})
    told = {name: fill(str(value), values) for name, value in declared.items()}
    told = {name: value.replace("/run/secrets", str(secrets)) for name, value in told.items()}
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"]} | told


def command(service: str) -> list[str]:
    """The service's own command."""
    return [fill(str(word), {}) for word in services()[service]["command"]]
