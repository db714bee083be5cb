"""The container engine of this machine: docker where one answers, else podman."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import ROOT

HERE = Path(__file__).resolve().parent
NO_ENGINE = """\
Neither docker nor podman can start a container here. On Debian:
apt install podman buildah runc catatonit netavark aardvark-dns iptables debootstrap"""
# How long one command may take; a first build fetches TensorFlow.
PATIENCE = 30 * 60
# Podman's own format would lose the health checks.
BUILD_FORMAT = "--podman-build-args=--format docker"


class Failed(Exception):
    """What did not work, in words for the person who started this."""


@dataclass(frozen=True)
class Engine:
    """A container engine, and the program that reads compose files for it."""

    program: str
    compose: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    # Compose files beside the real one, for what only this machine needs.
    beside: tuple[Path, ...] = ()

    @property
    def is_podman(self) -> bool:
        return self.program == "podman"

    def run(self, *words: str, timeout: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        """A command of the engine, whatever comes of it."""
        return self.start([self.program, *words], timeout=timeout)

    def ask(self, *words: str) -> str:
        """What a command of the engine answers. Raises Failed with its words when it fails."""
        return answer(self.run(*words))

    def start(
        self, command: Sequence[str], folder: Path = ROOT, timeout: float = PATIENCE
    ) -> subprocess.CompletedProcess[str]:
        """A command that finds the engine as it is meant to be used here."""
        with subprocess.Popen(
            command,
            env=os.environ | self.environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                output, errors = process.communicate(timeout=timeout)
            except BaseException:
                # With what it started itself: podman-compose would leave its builds behind.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def build(self, tag: str, containerfile: Path, *options: str) -> None:
        """An image from a file of instructions."""
        words = ["build", "--tag", tag, "--file", str(containerfile), *options]
        if self.is_podman:
            words += ["--format", "docker"]
        self.ask(*words, str(containerfile.parent))

    def has_image(self, name: str) -> bool:
        return self.run("image", "inspect", name).returncode == 0


def answer(done: subprocess.CompletedProcess[str]) -> str:
    """The output of a command that worked; its words otherwise."""
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, done.args))}\n{done.stdout}{done.stderr}")
    return str(done.stdout).strip()


def find() -> Engine:
    """The engine to use. Raises Failed where there is none."""
    for candidate in (docker(), podman()):
        if shutil.which(candidate.program) and candidate.run("info").returncode == 0:
            return candidate
    raise Failed(NO_ENGINE)


def docker() -> Engine:
    return Engine("docker", ("docker", "compose"))


def podman() -> Engine:
    """Podman with podman-compose from the locked environment, and settings that need no systemd."""
    compose = (sys.executable, "-m", "podman_compose", "--in-pod", "false", BUILD_FORMAT)
    if Path("/run/systemd/system").exists():
        return Engine("podman", compose)
    settings = {"CONTAINERS_CONF": str(HERE / "containers.conf")}
    return Engine("podman", compose, settings, (HERE / "podman.compose.yml",))
